package dev.tidemark.coordinator.ledger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the log that a reader can go on from: the index of the last event before it, and a mark of that very event. By the mark a
 * position of another log, or of one that was put back to an earlier state, is not taken for one of ours.
 */
public record Position(long index, String mark) {
    /** Before the first event. */
    public static final Position START = new Position(0, "");

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,17})-([0-9a-f]{12})");
    private static final String START_TEXT = "0";
    private static final int MARK_BYTES = 6;

    /** Behind an event. */
    public static Position of(long index, String eventId) {
        return new Position(index, mark(eventId));
    }

    /** What was meant by the text, if it has the form of a position. */
    public static Optional<Position> parse(String text) {
        if (text.equals(START_TEXT)) {
            return Optional.of(START);
        }
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new Position(Long.parseLong(form.group(1)), form.group(2)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return index == 0 ? START_TEXT : index + "-" + mark;
    }

    private static String mark(String eventId) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(eventId.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, MARK_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
