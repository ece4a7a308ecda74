package dev.tidemark.schema.id;

/**
 * The text form of a ULID (github.com/ulid/spec): 48 bits of milliseconds since 1970, 80 bits of randomness, in 26
 * characters of Crockford's base 32, so that the order of the text is the order of the times. The order is a convenience
 * for readers; chain order never comes from it (invariant I11).
 */
public final class Ulid {
    /** Characters in a ULID. */
    public static final int LENGTH = 26;

    /** Bytes of randomness that {@link #encode} takes. */
    public static final int RANDOMNESS_BYTES = 10;

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final boolean[] IS_LETTER = new boolean[128];
    private static final int TIME_CHARACTERS = 10;
    private static final long MILLISECONDS_MAX = (1L << 48) - 1;

    static {
        for (int index = 0; index < ALPHABET.length(); index++) {
            IS_LETTER[ALPHABET.charAt(index)] = true;
        }
    }

    private Ulid() {}

    /**
     * Writes a ULID.
     *
     * @param millisecondsSince1970 0 to 2^48 - 1
     * @param randomness exactly {@value #RANDOMNESS_BYTES} bytes
     */
    public static String encode(long millisecondsSince1970, byte[] randomness) {
        if (millisecondsSince1970 < 0 || millisecondsSince1970 > MILLISECONDS_MAX) {
            throw new IllegalArgumentException("time out of range: " + millisecondsSince1970);
        }
        if (randomness.length != RANDOMNESS_BYTES) {
            throw new IllegalArgumentException("randomness must have 10 bytes, has " + randomness.length);
        }
        char[] text = new char[LENGTH];
        long time = millisecondsSince1970;
        for (int index = TIME_CHARACTERS - 1; index >= 0; index--) {
            text[index] = ALPHABET.charAt((int) (time & 31));
            time >>>= 5;
        }
        int bits = 0;
        int held = 0;
        int index = TIME_CHARACTERS;
        for (byte octet : randomness) {
            bits = (bits << 8) | (octet & 0xff);
            held += 8;
            while (held >= 5) {
                held -= 5;
                text[index++] = ALPHABET.charAt((bits >>> held) & 31);
            }
        }
        return new String(text);
    }

    static boolean isWellFormed(String text) {
        return isWellFormed(text, 0);
    }

    /** Whether the rest of the text, from there, is one; every bitmap of every look is asked this. */
    static boolean isWellFormed(String text, int from) {
        if (text.length() - from != LENGTH || text.charAt(from) > '7') {
            return false;
        }
        for (int index = from; index < text.length(); index++) {
            char character = text.charAt(index);
            if (character >= IS_LETTER.length || !IS_LETTER[character]) {
                return false;
            }
        }
        return true;
    }
}
