package dev.tidemark.coordinator.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** As Standard Webhooks has them: HMAC-SHA256 over {@code id.timestamp.body}, one for each secret that counts. */
public final class Signatures {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String SECRET_PREFIX = "whsec_";
    private static final int SECRET_BYTES = 32;
    private static final int SECRET_BYTES_MIN = 24;
    private static final int SECRET_BYTES_MAX = 64;

    private Signatures() {}

    /** The value of {@code webhook-signature}. */
    static String of(String id, long timestamp, byte[] body, List<byte[]> secrets) {
        return secrets.stream()
                .map(secret -> "v1," + one(id, timestamp, body, secret))
                .collect(Collectors.joining(" "));
    }

    private static String one(String id, long timestamp, byte[] body, byte[] secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** One that nobody can guess. */
    public static byte[] freshSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    /** As its receiver is given it. */
    public static String written(byte[] secret) {
        return SECRET_PREFIX + Base64.getEncoder().encodeToString(secret);
    }

    /** A secret of the receiver's choice: 24 to 64 bytes in Base64, with the prefix or without; empty if it is none. */
    public static Optional<byte[]> read(String text) {
        String stripped = text.strip();
        String encoded = stripped.startsWith(SECRET_PREFIX) ? stripped.substring(SECRET_PREFIX.length()) : stripped;
        try {
            byte[] secret = Base64.getDecoder().decode(encoded);
            return secret.length < SECRET_BYTES_MIN || secret.length > SECRET_BYTES_MAX
                    ? Optional.empty()
                    : Optional.of(secret);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
