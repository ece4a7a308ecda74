package dev.tidemark.gateway.qmp;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Names that reach QEMU exactly as they were meant, or not at all. */
final class WireText {

    /** The longest name of a persistent bitmap (qemu-facts §3); no other name may be longer. */
    private static final int NAME_BYTES_MAX = 1023;

    /** QEMU's id_wellformed() (qemu-facts §4). */
    private static final Pattern JOB_ID = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");

    private WireText() {}

    static void require(String text, String what) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(what + " must not be empty");
        }
        // QEMU accepts a NUL and cuts the name there: it would then mean another object.
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " must not contain NUL");
        }
        int bytes = isAscii(text) ? text.length() : encodedBytes(text, what);
        if (bytes > NAME_BYTES_MAX) {
            throw new IllegalArgumentException(what + " is " + bytes + " bytes long, at most " + NAME_BYTES_MAX);
        }
    }

    /** Nearly all that is said to QEMU is. */
    private static boolean isAscii(String text) {
        for (int index = 0; index < text.length(); index++) {
            if (text.charAt(index) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static int encodedBytes(String text, String what) {
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(text))
                    .remaining();
        } catch (CharacterCodingException loneSurrogate) {
            throw new IllegalArgumentException(what + " contains half a surrogate pair", loneSurrogate);
        }
    }

    static void requireJobId(String id) {
        require(id, "job id");
        if (!JOB_ID.matcher(id).matches()) {
            throw new IllegalArgumentException("a job id is a letter, then letters, digits, '-', '.', '_': " + id);
        }
    }
}
