package dev.tidemark.coordinator.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Codes, sizes and moments as people read them. */
public final class Words {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Words() {}

    /** {@code BITMAP_LOST_BITS} is "bitmap lost bits". */
    public static String plain(String code) {
        return code.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** {@code 1.5 GiB}. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        // 1023.95 would be written as 1024.0.
        while (value >= 1023.95 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    public static String utc(Instant moment) {
        return MINUTES.format(moment) + " UTC";
    }

    public static String exactUtc(Instant moment) {
        return MILLISECONDS.format(moment) + " UTC";
    }

    /** {@code 3 h ago}; a moment that is ahead of this clock is said to be so. */
    public static String ago(Instant moment, Instant now) {
        Duration age = Duration.between(moment, now);
        return age.isNegative() && age.toSeconds() < 0 ? "in " + length(age.negated()) : length(age) + " ago";
    }

    /** With the one unit that matters; two where hours become days. */
    public static String length(Duration length) {
        long seconds = length.toSeconds();
        if (seconds < 1) {
            return length.toMillis() + " ms";
        }
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 2 * 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }

    /** So that a long name does not fill a screen; the whole of it is in the title. */
    public static String shortened(String text, int lengthMax) {
        if (text.codePointCount(0, text.length()) <= lengthMax) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, lengthMax)) + "…";
    }
}
