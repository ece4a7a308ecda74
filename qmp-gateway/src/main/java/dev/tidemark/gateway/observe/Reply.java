package dev.tidemark.gateway.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A piece of a reply whose members are read with their types checked; {@code where} tells it in an error. */
record Reply(String where, JsonNode value) {
    /** Longest text that is taken over. A {@code json:} file name of a deep chain may be long, but not without end. */
    private static final int TEXT_LENGTH_MAX = 64 * 1024;

    /** More elements than anything in a machine has: 65,535 bitmaps fit into one image (qemu-facts §3). */
    private static final int ELEMENTS_MAX = 100_000;

    List<Reply> elements() throws UnusableReply {
        if (!value.isArray()) {
            throw UnusableReply.malformed(where, "is not an array");
        }
        if (value.size() > ELEMENTS_MAX) {
            throw UnusableReply.malformed(where, "has more than " + ELEMENTS_MAX + " elements");
        }
        List<Reply> elements = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            elements.add(new Reply(where + "[" + elements.size() + "]", element));
        }
        return elements;
    }

    Reply member(String name) throws UnusableReply {
        JsonNode member = optionalMember(name);
        if (member == null) {
            throw UnusableReply.malformed(where, "has no '" + name + "'");
        }
        return new Reply(where + "." + name, member);
    }

    Optional<Reply> optional(String name) throws UnusableReply {
        JsonNode member = optionalMember(name);
        return member == null ? Optional.empty() : Optional.of(new Reply(where + "." + name, member));
    }

    String text(String name) throws UnusableReply {
        return member(name).asText();
    }

    Optional<String> optionalText(String name) throws UnusableReply {
        Optional<Reply> member = optional(name);
        return member.isEmpty() ? Optional.empty() : Optional.of(member.get().asText());
    }

    long number(String name) throws UnusableReply {
        return member(name).asNumber();
    }

    boolean flag(String name) throws UnusableReply {
        return member(name).asFlag();
    }

    /** What QEMU leaves out when it is not so. */
    boolean optionalFlag(String name) throws UnusableReply {
        Optional<Reply> member = optional(name);
        return member.isPresent() && member.get().asFlag();
    }

    String asText() throws UnusableReply {
        if (!value.isString()) {
            throw UnusableReply.malformed(where, "is not text");
        }
        String text = value.stringValue();
        if (text.length() > TEXT_LENGTH_MAX) {
            throw UnusableReply.malformed(where, "is longer than " + TEXT_LENGTH_MAX + " characters");
        }
        return text;
    }

    private long asNumber() throws UnusableReply {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw UnusableReply.malformed(where, "is not a whole number from 0 to 2^63 - 1");
        }
        return value.longValue();
    }

    private boolean asFlag() throws UnusableReply {
        if (!value.isBoolean()) {
            throw UnusableReply.malformed(where, "is not true or false");
        }
        return value.booleanValue();
    }

    private @Nullable JsonNode optionalMember(String name) throws UnusableReply {
        if (!value.isObject()) {
            throw UnusableReply.malformed(where, "is not an object");
        }
        JsonNode member = value.get(name);
        return member == null || member.isNull() ? null : member;
    }
}
