package dev.tidemark.coordinator.webhook;

import dev.tidemark.coordinator.security.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the secrets that sign (AES-256-GCM), because they lie in the database, where every coordinator has to find them, and whoever reads a
 * dump must not be able to sign. The key is in a file of the home directory; coordinators of one database need the same.
 */
public final class SealingKey {
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int ID_LENGTH = 16;
    private static final String PURPOSE = "tidemark webhook secret v1 ";

    private final byte[] key;
    private final String id;

    private SealingKey(byte[] key) {
        this.key = key;
        this.id = HexFormat.of().formatHex(sha256(key)).substring(0, ID_LENGTH);
    }

    /** Reads the key's file, or makes it if there is none. */
    public static SealingKey at(Path file) throws IOException {
        // What the file holds is text of 256 random bits.
        return new SealingKey(sha256(SecretFile.at(file, "webhook key").getBytes(StandardCharsets.US_ASCII)));
    }

    /** One that nobody has: what it seals is never opened again. */
    static SealingKey forgotten() {
        byte[] random = new byte[NONCE_BYTES + ID_LENGTH];
        new SecureRandom().nextBytes(random);
        return new SealingKey(sha256(random));
    }

    /** Bound to its webhook: in another one's row it does not open. */
    public String seal(String webhook, byte[] secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, webhook, nonce).doFinal(secret);
            Base64.Encoder encoder = Base64.getEncoder();
            return id + "." + encoder.encodeToString(nonce) + "." + encoder.encodeToString(sealed);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("a secret could not be sealed", impossible);
        }
    }

    /** Empty if it was sealed with another key, or is not what was sealed. */
    Optional<byte[]> open(String webhook, String sealed) {
        String[] parts = sealed.split("\\.", -1);
        if (parts.length != 3 || !parts[0].equals(id)) {
            return Optional.empty();
        }
        try {
            Base64.Decoder decoder = Base64.getDecoder();
            return Optional.of(cipher(Cipher.DECRYPT_MODE, webhook, decoder.decode(parts[1]))
                    .doFinal(decoder.decode(parts[2])));
        } catch (GeneralSecurityException | IllegalArgumentException altered) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, String webhook, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(TRANSFORMATION);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((PURPOSE + webhook).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public String toString() {
        return "SealingKey[" + id + "]";
    }
}
