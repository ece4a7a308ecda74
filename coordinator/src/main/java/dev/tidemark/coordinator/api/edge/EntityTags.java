package dev.tidemark.coordinator.api.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of {@code If-Match} or {@code If-None-Match} (RFC 9110, 13.1.1 and 13.1.2).
 *
 * @param any it is {@code *}
 */
public record EntityTags(boolean any, List<Tag> tags) {
    /** RFC 9110, 8.8.3; what is above ASCII is left out. */
    private static final Pattern TAG = Pattern.compile("(W/)?\"([\\x21\\x23-\\x7e]*)\"");

    private static final Pattern BETWEEN = Pattern.compile("[ \\t]*(?:,[ \\t]*)*");

    public EntityTags {
        tags = List.copyOf(tags);
    }

    /** One tag, without its quotes. */
    public record Tag(boolean weak, String opaque) {}

    /** What the request's header of this name says; empty if there is none. */
    public static Optional<EntityTags> of(HttpServletRequest request, String header) {
        List<String> lines = Collections.list(request.getHeaders(header));
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        // Several lines of a list are one list.
        String value = String.join(",", lines).strip();
        if (value.equals("*")) {
            return Optional.of(new EntityTags(true, List.of()));
        }
        List<Tag> tags = new ArrayList<>();
        Matcher between = BETWEEN.matcher(value);
        Matcher tag = TAG.matcher(value);
        int at = 0;
        while (at < value.length()) {
            between.region(at, value.length());
            boolean separated =
                    between.lookingAt() && (at == 0 || between.group().indexOf(',') >= 0);
            at = between.end();
            if (at == value.length()) {
                break;
            }
            if (!separated || !tag.region(at, value.length()).lookingAt()) {
                throw malformed(header);
            }
            tags.add(new Tag(tag.group(1) != null, tag.group(2)));
            at = tag.end();
        }
        if (tags.isEmpty()) {
            throw malformed(header);
        }
        return Optional.of(new EntityTags(false, tags));
    }

    /** Whether {@code If-None-Match} with these means: not if it is this one. */
    public boolean includesWeakly(String opaque) {
        return any || tags.stream().anyMatch(tag -> tag.opaque().equals(opaque));
    }

    private static Refusal malformed(String header) {
        return new Refusal(Problem.of(
                        400,
                        "INVALID_ENTITY_TAG",
                        "'" + header + "' is neither * nor a list of entity tags in double quotes",
                        "Send the ETag of an answer as it was, with its quotes.")
                .withField(header));
    }
}
