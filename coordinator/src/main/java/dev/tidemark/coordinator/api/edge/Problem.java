package dev.tidemark.coordinator.api.edge;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.schema.id.OperationId;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not fulfilled (RFC 9457). {@code operation} is the one that is in the way, {@code field} the member or
 * parameter that is wrong, {@code errorId} finds the matching entry of the log, {@code currentTag} is the one that If-Match would have met.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String code,
        String remedy,
        @Nullable String instance,
        @Nullable String field,
        @Nullable String operation,
        @Nullable String errorId,
        @Nullable String currentTag,
        @JsonIgnore Map<String, String> headers) {
    private static final String TYPES = "https://tidemark.dev/problems/";
    private static final int DETAIL_LENGTH_MAX = 500;

    public Problem {
        headers = Map.copyOf(headers);
    }

    public static Problem of(int status, String code, String detail, String remedy) {
        String words = code.toLowerCase(Locale.ROOT).replace('_', ' ');
        return new Problem(
                TYPES + words.replace(' ', '-'),
                Character.toUpperCase(words.charAt(0)) + words.substring(1),
                status,
                shortened(detail),
                code,
                remedy,
                null,
                null,
                null,
                null,
                null,
                Map.of());
    }

    public Problem withField(@Nullable String name) {
        return new Problem(
                type, title, status, detail, code, remedy, instance, name, operation, errorId, currentTag, headers);
    }

    public Problem withOperation(Optional<OperationId> inTheWay) {
        return new Problem(
                type,
                title,
                status,
                detail,
                code,
                remedy,
                instance,
                field,
                inTheWay.map(OperationId::value).orElse(null),
                errorId,
                currentTag,
                headers);
    }

    public Problem withHeader(String name, String value) {
        return new Problem(
                type,
                title,
                status,
                detail,
                code,
                remedy,
                instance,
                field,
                operation,
                errorId,
                currentTag,
                Map.of(name, value));
    }

    /** With the tag that the resource has now, in the answer's header too. */
    public Problem withCurrentTag(String tag) {
        return new Problem(
                type,
                title,
                status,
                detail,
                code,
                remedy,
                instance,
                field,
                operation,
                errorId,
                tag,
                Map.of("ETag", tag));
    }

    Problem withErrorId(String id) {
        return new Problem(
                type, title, status, detail, code, remedy, instance, field, operation, id, currentTag, headers);
    }

    Problem at(String path) {
        return new Problem(
                type, title, status, detail, code, remedy, path, field, operation, errorId, currentTag, headers);
    }

    private static String shortened(String text) {
        return text.length() <= DETAIL_LENGTH_MAX ? text : text.substring(0, DETAIL_LENGTH_MAX) + "…";
    }
}
