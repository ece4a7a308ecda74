package dev.tidemark.schema.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/** Moments as {@link Instant#toString} writes them, which every row of the log has several of. */
public final class Timestamps {
    private static final String SHAPE = "0000-00-00T00:00:00";
    private static final int NANOSECOND_DIGITS = 9;
    private static final int HOURS = 24;
    private static final int SIXTY = 60;
    private static final long SECONDS_PER_DAY = 86_400;

    private Timestamps() {}

    /** What {@link Instant#parse} makes of it, or throws for it. */
    public static Instant parse(CharSequence text) {
        return plain(text).orElseGet(() -> Instant.parse(text));
    }

    /** Empty if it is in any other form, or no moment. */
    static Optional<Instant> plain(CharSequence text) {
        int length = text.length();
        if (length <= SHAPE.length() || text.charAt(length - 1) != 'Z' || !beginsRightly(text)) {
            return Optional.empty();
        }
        int nanoseconds = nanoseconds(text, length - 1);
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, 19);
        if (nanoseconds < 0 || hour >= HOURS || minute >= SIXTY || second >= SIXTY) {
            return Optional.empty();
        }
        try {
            long day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10))
                    .toEpochDay();
            return Optional.of(Instant.ofEpochSecond(
                    day * SECONDS_PER_DAY + (hour * SIXTY + minute) * (long) SIXTY + second, nanoseconds));
        } catch (DateTimeException noDay) {
            return Optional.empty();
        }
    }

    private static boolean beginsRightly(CharSequence text) {
        for (int index = 0; index < SHAPE.length(); index++) {
            char wanted = SHAPE.charAt(index);
            char found = text.charAt(index);
            if (wanted == '0' ? !isDigit(found) : found != wanted) {
                return false;
            }
        }
        return true;
    }

    /** Of what stands between the seconds and the end; -1 if that is no fraction. */
    private static int nanoseconds(CharSequence text, int end) {
        int begin = SHAPE.length();
        if (begin == end) {
            return 0;
        }
        int digits = end - begin - 1;
        if (text.charAt(begin) != '.' || digits < 1 || digits > NANOSECOND_DIGITS) {
            return -1;
        }
        int value = 0;
        for (int index = begin + 1; index < end; index++) {
            if (!isDigit(text.charAt(index))) {
                return -1;
            }
            value = value * 10 + (text.charAt(index) - '0');
        }
        for (int digit = digits; digit < NANOSECOND_DIGITS; digit++) {
            value *= 10;
        }
        return value;
    }

    private static int number(CharSequence text, int begin, int end) {
        int value = 0;
        for (int index = begin; index < end; index++) {
            value = value * 10 + (text.charAt(index) - '0');
        }
        return value;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }
}
