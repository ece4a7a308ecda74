package dev.tidemark.schema.event;

/**
 * Text that came from somewhere else (QEMU, a file system, a stranger's bitmap name) and goes into the log. PostgreSQL's jsonb
 * refuses NUL, and a report that can never be recorded would be sent for ever; so whatever is not printable is escaped, and
 * length is bounded. Nobody branches on such text.
 */
public final class Prose {
    /** Longest text that is kept, in characters. */
    public static final int LENGTH_MAX = 2000;

    private Prose() {}

    /** The text as it can be kept and shown. */
    public static String of(String text) {
        StringBuilder kept = new StringBuilder(Math.min(text.length(), LENGTH_MAX));
        for (int index = 0; index < text.length(); index++) {
            if (kept.length() >= LENGTH_MAX) {
                return kept.append('…').toString();
            }
            char character = text.charAt(index);
            boolean pair = Character.isHighSurrogate(character)
                    && index + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(index + 1));
            if (pair) {
                kept.append(character).append(text.charAt(++index));
            } else if (Character.isISOControl(character) || Character.isSurrogate(character)) {
                kept.append(String.format("\\u%04x", (int) character));
            } else {
                kept.append(character);
            }
        }
        return kept.toString();
    }
}
