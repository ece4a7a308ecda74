package dev.tidemark.schema.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A document from left to right, in the one form in which our own writer writes: no white space, nothing escaped, nothing but ASCII,
 * whole numbers. Everything else is {@link NotCanonical}, also what is no JSON at all.
 */
final class CanonicalText {
    private static final int DIGITS_MAX = 18;

    /** In which the first byte is the lowest, on every processor. */
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** A one in each byte. */
    private static final long EACH = 0x0101_0101_0101_0101L;

    private final byte[] bytes;
    private int at;

    CanonicalText(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A member's name as it stands before the value. */
    static final class Name {
        private final byte[] written;

        Name(String name) {
            written = ('"' + name + "\":").getBytes(StandardCharsets.UTF_8);
        }
    }

    void expect(char character) {
        if (!take(character)) {
            throw new NotCanonical();
        }
    }

    boolean take(char character) {
        if (at < bytes.length && bytes[at] == character) {
            at++;
            return true;
        }
        return false;
    }

    boolean take(Name name) {
        int length = name.written.length;
        int end = at + length;
        if (end <= bytes.length && Arrays.equals(bytes, at, end, name.written, 0, length)) {
            at = end;
            return true;
        }
        return false;
    }

    void end() {
        if (at != bytes.length) {
            throw new NotCanonical();
        }
    }

    String text() {
        int begin = at + 1;
        return plain(bytes, begin, pass());
    }

    /** What is made of a text, or was made of it before. */
    Object text(RecentValues recent, Function<String, Object> making) {
        int begin = at + 1;
        return recent.of(bytes, begin, pass(), making);
    }

    static String plain(byte[] bytes, int begin, int end) {
        return new String(bytes, begin, end - begin, StandardCharsets.ISO_8859_1);
    }

    /** Goes behind a text in quotes, and gives the place of the second one. */
    private int pass() {
        expect('"');
        int end = at;
        while (end + Long.BYTES <= bytes.length) {
            long special = special((long) EIGHT.get(bytes, end));
            if (special != 0) {
                end += Long.numberOfTrailingZeros(special) / Byte.SIZE;
                break;
            }
            end += Long.BYTES;
        }
        while (end < bytes.length && isPlain(bytes[end])) {
            end++;
        }
        at = end;
        expect('"');
        return end;
    }

    /**
     * Of eight bytes at once: which are none that stand in a text as they are. The lowest bit that is set is that of the first one;
     * those above it say nothing, for what is borrowed from a byte is missing from the next.
     */
    private static long special(long eight) {
        long quote = eight ^ (EACH * '"');
        long backslash = eight ^ (EACH * '\\');
        return (((quote - EACH) & ~quote) | ((backslash - EACH) & ~backslash) | ((eight - EACH * ' ') & ~eight) | eight)
                & (EACH << (Byte.SIZE - 1));
    }

    /** Bytes of other letters are negative. */
    private static boolean isPlain(byte character) {
        return character >= ' ' && character != '"' && character != '\\';
    }

    long number() {
        boolean negative = take('-');
        int begin = at;
        long value = 0;
        while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + (bytes[at] - '0');
            at++;
            if (at - begin > DIGITS_MAX) {
                throw new NotCanonical();
            }
        }
        int digits = at - begin;
        if (digits == 0 || (bytes[begin] == '0' && (digits > 1 || negative))) {
            throw new NotCanonical();
        }
        return negative ? -value : value;
    }

    boolean truth() {
        if (takeWord("true")) {
            return true;
        }
        if (takeWord("false")) {
            return false;
        }
        throw new NotCanonical();
    }

    private boolean takeWord(String word) {
        if (at + word.length() > bytes.length) {
            return false;
        }
        for (int index = 0; index < word.length(); index++) {
            if (bytes[at + index] != word.charAt(index)) {
                return false;
            }
        }
        at += word.length();
        return true;
    }
}
