package dev.tidemark.coordinator.evidence;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Keys as text (RFC 7468), as openssl reads and writes them. */
final class Pem {
    static final String PUBLIC = "PUBLIC KEY";
    static final String PRIVATE = "PRIVATE KEY";
    private static final int LINE_LENGTH = 64;

    private Pem() {}

    static String encode(String label, byte[] bytes) {
        Base64.Encoder encoder = Base64.getMimeEncoder(LINE_LENGTH, "\n".getBytes(StandardCharsets.US_ASCII));
        return begin(label) + "\n" + encoder.encodeToString(bytes) + "\n" + end(label) + "\n";
    }

    /** @throws IllegalArgumentException if the text is not exactly one such block */
    static byte[] decode(String label, String text) {
        String block = text.strip();
        if (!block.startsWith(begin(label)) || !block.endsWith(end(label))) {
            throw new IllegalArgumentException("there is no " + label + " block");
        }
        String body = block.substring(
                begin(label).length(), block.length() - end(label).length());
        return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
    }

    private static String begin(String label) {
        return "-----BEGIN " + label + "-----";
    }

    private static String end(String label) {
        return "-----END " + label + "-----";
    }
}
