package dev.tidemark.schema.json;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What short texts of one type were made into of late: an id stands in four events that follow each other, and a disk's name in all.
 * Whoever meets one again is given the very same value, which need not be made, nor be kept twice.
 *
 * <p>Holds no more than {@value #PLACES} texts of at most {@value #LENGTH_MAX} bytes. Thread-safe: of two threads that come upon one place
 * at once one keeps its value, and both have theirs.
 */
final class RecentValues {
    private static final int PLACES = 64;
    private static final int LENGTH_MAX = 64;

    /** Places, each of which one thread may overwrite while another reads: what is in one is whole, and never changes. */
    private final @Nullable Known[] known = new Known[PLACES];

    private static final class Known {
        private final byte[] text;
        private final Object value;

        Known(byte[] text, Object value) {
            this.text = text;
            this.value = value;
        }
    }

    /** Of the plain text in these bytes; what is made of it must not change. */
    Object of(byte[] bytes, int begin, int end, Function<String, Object> making) {
        int place = place(bytes, begin, end);
        Known found = known[place];
        if (found != null && Arrays.equals(bytes, begin, end, found.text, 0, found.text.length)) {
            return found.value;
        }
        Object made = making.apply(CanonicalText.plain(bytes, begin, end));
        if (end - begin <= LENGTH_MAX) {
            known[place] = new Known(Arrays.copyOfRange(bytes, begin, end), made);
        }
        return made;
    }

    /** By the end of it, where ids differ. */
    private static int place(byte[] bytes, int begin, int end) {
        int place = end - begin;
        for (int index = Math.max(begin, end - 4); index < end; index++) {
            place = place * 31 + bytes[index];
        }
        return place & (PLACES - 1);
    }
}
