package dev.tidemark.gateway.qmp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Bytes of one line → one message, or a {@link QmpViolation} that names what was wrong.
 *
 * <p>Bounded by construction: length by the framing, nesting and number of tokens by the JSON reader; nothing here
 * recurses over what the peer sent.
 */
final class QmpMessageParser {

    /** An empty JSON object of 2 bytes costs about 100 bytes of heap: bytes alone would not bound memory. */
    private static final int BYTES_PER_TOKEN = 8;

    private static final int TOKENS_MIN = 64;
    private static final int EXCERPT_CHARACTERS = 120;
    private static final int INTEGER_DIGITS_MAX = 40;

    private final JsonMapper mapper;

    QmpMessageParser(QmpLimits limits) {
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxNestingDepth(limits.nestingMax())
                .maxStringLength(limits.messageBytesMax())
                .maxNameLength(64 * 1024)
                .maxNumberLength(INTEGER_DIGITS_MAX)
                .maxTokenCount(Math.max(TOKENS_MIN, limits.messageBytesMax() / BYTES_PER_TOKEN))
                .build();
        this.mapper = JsonMapper.builder(
                        JsonFactory.builder().streamReadConstraints(constraints).build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    QmpMessage parse(byte[] line) throws QmpViolation {
        String text = decode(line);
        JsonNode root = readTree(text);
        if (!root.isObject()) {
            throw new QmpViolation("a message must be a JSON object: " + excerpt(text));
        }
        return switch (kindOf(root, text)) {
            case "QMP" -> greeting(root);
            case "return" -> new QmpMessage.Success(id(root), present(root, "return"));
            case "error" -> failure(root);
            case "event" -> event(root);
            default -> throw new IllegalStateException("kindOf returned an unlisted kind");
        };
    }

    private static String decode(byte[] line) throws QmpViolation {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new QmpViolation("a message of " + line.length + " bytes is not valid UTF-8");
        }
    }

    private JsonNode readTree(String text) throws QmpViolation {
        try {
            return mapper.readTree(text);
        } catch (JacksonException malformed) {
            throw new QmpViolation("not JSON (" + malformed.getOriginalMessage() + "): " + excerpt(text));
        }
    }

    private static String kindOf(JsonNode root, String text) throws QmpViolation {
        List<String> kinds = new ArrayList<>(1);
        for (String kind : List.of("QMP", "return", "error", "event")) {
            if (root.has(kind)) {
                kinds.add(kind);
            }
        }
        if (kinds.size() != 1) {
            throw new QmpViolation(
                    kinds.isEmpty()
                            ? "neither greeting, reply nor event: " + excerpt(text)
                            : "one message is " + String.join(" and ", kinds) + " at once: " + excerpt(text));
        }
        return kinds.getFirst();
    }

    private static QmpMessage greeting(JsonNode root) throws QmpViolation {
        JsonNode body = object(root, "QMP");
        JsonNode version = object(body, "version");
        JsonNode qemu = object(version, "qemu");
        Set<String> capabilities = new LinkedHashSet<>();
        JsonNode listed = present(body, "capabilities");
        if (!listed.isArray()) {
            throw wrongType("capabilities", "an array", listed);
        }
        for (JsonNode capability : listed) {
            if (!capability.isString()) {
                throw wrongType("capabilities[]", "a string", capability);
            }
            capabilities.add(capability.stringValue());
        }
        return new QmpMessage.Greeting(
                new QemuVersion(
                        versionNumber(qemu, "major"),
                        versionNumber(qemu, "minor"),
                        versionNumber(qemu, "micro"),
                        string(version, "package")),
                Set.copyOf(capabilities));
    }

    private static QmpMessage failure(JsonNode root) throws QmpViolation {
        JsonNode error = object(root, "error");
        String errorClass = string(error, "class");
        String description = string(error, "desc");
        if (!root.has("id")) {
            // QEMU leaves the id out when it could not parse a command. This client sends no malformed command, so the
            // stream is out of step, and which command was lost cannot be told (qemu-facts §1).
            throw new QmpViolation("an error without id: " + errorClass + ": " + excerpt(description));
        }
        return new QmpMessage.Failure(id(root), errorClass, description);
    }

    private static QmpMessage event(JsonNode root) throws QmpViolation {
        JsonNode timestamp = object(root, "timestamp");
        JsonNode data = root.has("data") ? object(root, "data") : JsonNodeFactory.instance.objectNode();
        return new QmpEvent(
                string(root, "event"), data, integer(timestamp, "seconds"), integer(timestamp, "microseconds"));
    }

    private static long id(JsonNode root) throws QmpViolation {
        return integer(root, "id");
    }

    private static JsonNode present(JsonNode parent, String member) throws QmpViolation {
        JsonNode value = parent.get(member);
        if (value == null) {
            throw new QmpViolation("member '" + member + "' is missing");
        }
        return value;
    }

    private static JsonNode object(JsonNode parent, String member) throws QmpViolation {
        JsonNode value = present(parent, member);
        if (!value.isObject()) {
            throw wrongType(member, "an object", value);
        }
        return value;
    }

    private static String string(JsonNode parent, String member) throws QmpViolation {
        JsonNode value = present(parent, member);
        if (!value.isString()) {
            throw wrongType(member, "a string", value);
        }
        return value.stringValue();
    }

    private static long integer(JsonNode parent, String member) throws QmpViolation {
        JsonNode value = present(parent, member);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrongType(member, "a 64-bit integer", value);
        }
        return value.longValue();
    }

    private static int versionNumber(JsonNode parent, String member) throws QmpViolation {
        long value = integer(parent, member);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new QmpViolation("member '" + member + "' is no version number: " + value);
        }
        return (int) value;
    }

    private static QmpViolation wrongType(String member, String expected, JsonNode value) {
        return new QmpViolation("member '" + member + "' must be " + expected + ", is " + value.getNodeType());
    }

    /** What the peer sent, short and without control characters, so that it can go to a log. */
    private static String excerpt(String text) {
        String start = text.length() <= EXCERPT_CHARACTERS ? text : text.substring(0, EXCERPT_CHARACTERS) + "…";
        return start.replaceAll("\\p{Cntrl}", "?");
    }
}
