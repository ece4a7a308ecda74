package dev.tidemark.coordinator.api.edge;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the next page of a list begins, in letters that mean nothing to callers: a position, and a digest that binds it to its list, so
 * that a cursor of another list, of another filter, or with a piece missing is found out instead of answered with something.
 *
 * <p>No secret is in it. Who works one out himself gets a page of a list that he may read anyway.
 */
public final class Cursor {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]{1,400})\\.([0-9a-f]{16})");
    private static final int DIGEST_BYTES = 8;

    private Cursor() {}

    /** For what comes behind a position of the list. */
    public static String of(String list, String position) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8))
                + "."
                + digest(list, position);
    }

    /** The position, if there is a cursor; one that is not of this list, or none at all, is refused. */
    public static Optional<String> position(String list, Optional<String> cursor, Pattern form) {
        if (cursor.isEmpty()) {
            return Optional.empty();
        }
        Matcher parts = FORM.matcher(cursor.get());
        if (!parts.matches()) {
            throw invalid();
        }
        String position = decoded(parts.group(1));
        if (!digest(list, position).equals(parts.group(2))
                || !form.matcher(position).matches()) {
            throw invalid();
        }
        return Optional.of(position);
    }

    private static String decoded(String text) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(text)))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException malformed) {
            throw invalid();
        }
    }

    private static Refusal invalid() {
        return new Refusal(Problem.of(
                        400,
                        "INVALID_CURSOR",
                        "'after' is no cursor of this list with these parameters",
                        "Send the 'next' of the page before, with the same parameters; leave it out for the first page.")
                .withField("after"));
    }

    private static String digest(String list, String position) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((list + "\n" + position).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
