package dev.tidemark.coordinator.api.edge;

import dev.tidemark.schema.id.InvalidIdentity;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** What is wrong with a JSON body, in the caller's words: members and positions, never our classes. */
final class BodyProblems {
    private static final int REASON_LENGTH_MAX = 200;

    private BodyProblems() {}

    static Problem missing() {
        return Problem.of(
                400, "MISSING_BODY", "a JSON object is expected as the body", "Send a JSON object, at least {}.");
    }

    static Problem of(JacksonException failure) {
        return switch (failure) {
            case StreamConstraintsException _ ->
                malformed("the body is nested too deeply, or a text or a number in it is too long");
            case InputCoercionException number -> unfit(number);
            case StreamReadException unreadable -> malformed(reason(unreadable));
            case DatabindException unfit -> unfit(unfit);
            default -> malformed("the body ended early or could not be read");
        };
    }

    private static Problem malformed(String detail) {
        return Problem.of(400, "MALFORMED_JSON", detail, "Send well-formed JSON (RFC 8259) in UTF-8.");
    }

    private static String reason(StreamReadException failure) {
        String reason = printable(String.valueOf(failure.getOriginalMessage()));
        String place = failure.getLocation() == null
                ? ""
                : " at line " + failure.getLocation().getLineNr() + ", column "
                        + failure.getLocation().getColumnNr();
        return "the body is not well-formed JSON" + place + ": " + reason;
    }

    private static Problem unfit(JacksonException failure) {
        String field = path(failure.getPath());
        InvalidIdentity identity = cause(failure);
        if (identity != null) {
            return Problem.of(
                            400,
                            "INVALID_NAME",
                            String.valueOf(identity.getMessage()),
                            "Correct the " + identity.kind() + ".")
                    .withField(field);
        }
        if (field == null) {
            return failure instanceof InputCoercionException
                    ? malformed("a number in the body is out of range")
                    : malformed("a single JSON object is expected as the body");
        }
        String detail = switch (failure) {
            case UnrecognizedPropertyException _ -> "there is no member '" + field + "' here";
            case InvalidFormatException format
            when format.getTargetType() != null && format.getTargetType().isEnum() ->
                "'" + field + "' is one of " + constants(format.getTargetType());
            default -> "'" + field + "' is missing, null, or of the wrong type";
        };
        return Problem.of(400, "INVALID_MEMBER", detail, "Correct or leave out '" + field + "' (see /v1/openapi.yaml).")
                .withField(field);
    }

    private static String constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants()).map(Object::toString).collect(Collectors.joining(", "));
    }

    private static @Nullable InvalidIdentity cause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidIdentity identity) {
                return identity;
            }
        }
        return null;
    }

    /** For example {@code disks[2]}; null for the body as a whole. */
    private static @Nullable String path(List<JacksonException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference reference : references) {
            if (reference.getPropertyName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
            }
        }
        return path.isEmpty() ? null : printable(path.toString());
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        for (int index = 0; index < Math.min(text.length(), REASON_LENGTH_MAX); index++) {
            char character = text.charAt(index);
            shown.append(character >= ' ' && character < 0x7f ? character : '?');
        }
        return shown.toString();
    }
}
