package dev.tidemark.coordinator.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * The administrator's token: 256 random bits, kept in a file that only its owner can read. Whoever reads the file rules
 * over every machine's backups, so a file that others can read is refused instead of used.
 */
public final class AdminToken {
    private final byte[] token;

    private AdminToken(String text) {
        this.token = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads the token file, or makes it if there is none. */
    public static AdminToken at(Path file) throws IOException {
        return new AdminToken(SecretFile.at(file, "token"));
    }

    /** Whether this is the token; takes the same time whatever is wrong with it. */
    public boolean matches(String candidate) {
        return MessageDigest.isEqual(token, candidate.getBytes(StandardCharsets.UTF_8));
    }

    /** For a client in the same process. */
    public String secret() {
        return new String(token, StandardCharsets.US_ASCII);
    }

    /** Tells this token from every other and says nothing about it: what is hashed has 256 random bits. */
    String fingerprint() {
        return Tokens.digest("administrator " + secret());
    }

    @Override
    public String toString() {
        return "AdminToken[hidden]";
    }
}
