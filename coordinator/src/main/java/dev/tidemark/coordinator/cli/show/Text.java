package dev.tidemark.coordinator.cli.show;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Words, sizes and times as people read them. */
public final class Text {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int SECONDS_LENGTH = "2026-01-01T00:00:00".length();

    private Text() {}

    /**
     * Text from elsewhere, made harmless for a terminal: control and format characters (escape sequences, direction
     * overrides) and lone surrogates are shown, not obeyed.
     */
    public static String harmless(String text) {
        for (int index = 0; index < text.length(); index++) {
            if (text.charAt(index) < ' ' || text.charAt(index) > '~') {
                return shown(text);
            }
        }
        return text;
    }

    private static String shown(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (obeyedByTerminals(character)) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", character));
            } else {
                shown.appendCodePoint(character);
            }
        });
        return shown.toString();
    }

    private static boolean obeyedByTerminals(int character) {
        int type = Character.getType(character);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    /** {@code 1.5 GiB}. */
    public static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = 0;
        // 1023.95 would be written as 1024.0.
        while (value >= 1023.95 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** {@code 1:02:03} or {@code 2:03}. */
    public static String duration(long seconds) {
        long minutes = seconds / 60;
        return minutes < 60
                ? String.format(Locale.ROOT, "%d:%02d", minutes, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", minutes / 60, minutes % 60, seconds % 60);
    }

    /** An ISO instant in UTC without fractions and with a space, as in {@code 2026-01-01 00:00:00Z}. */
    static String time(String instant) {
        boolean utc = instant.length() > SECONDS_LENGTH && instant.endsWith("Z") && instant.charAt(10) == 'T';
        return utc ? instant.substring(0, SECONDS_LENGTH).replace('T', ' ') + "Z" : instant;
    }

    /** Breaks a text at spaces, and words that are too long anywhere, so that no line exceeds the width. */
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text.strip();
        while (length(rest) > width) {
            int end = rest.offsetByCodePoints(0, width);
            int space = rest.lastIndexOf(' ', end);
            if (space > 0) {
                lines.add(rest.substring(0, space).stripTrailing());
                rest = rest.substring(space + 1).stripLeading();
            } else {
                lines.add(rest.substring(0, end));
                rest = rest.substring(end);
            }
        }
        lines.add(rest);
        return lines;
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - length(text)));
    }
}
