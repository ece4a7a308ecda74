package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** The public half of the key that signs heads: whoever has it can check them, and needs nothing else of ours for it. */
public final class VerificationKey {
    static final String ALGORITHM = "Ed25519";
    private static final int ID_DIGITS = 16;

    private final PublicKey key;

    VerificationKey(PublicKey key) {
        this.key = key;
    }

    /**
     * Reads it from a PEM file, {@code openssl pkey -pubout} writes the same.
     *
     * @throws BadEvidence if the file does not hold one
     */
    public static VerificationKey read(Path file) throws BadEvidence {
        try {
            return parse(Files.readString(file, StandardCharsets.US_ASCII));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException unusable) {
            throw new BadEvidence(file + " does not hold a public key (" + ALGORITHM + ", PEM)", unusable);
        }
    }

    private static VerificationKey parse(String pem) throws GeneralSecurityException {
        return new VerificationKey(
                KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(Pem.decode(Pem.PUBLIC, pem))));
    }

    /** The first 16 digits of SHA-256 over the key. */
    public String id() {
        return Digests.of(key.getEncoded()).substring(0, ID_DIGITS);
    }

    String pem() {
        return Pem.encode(Pem.PUBLIC, key.getEncoded());
    }

    boolean verifies(String statement, String signature) {
        try {
            Signature check = Signature.getInstance(ALGORITHM);
            check.initVerify(key);
            check.update(statement.getBytes(StandardCharsets.UTF_8));
            return check.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            return false;
        }
    }
}
