package dev.tidemark.coordinator.ledger.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A password that only a file holds, readable by its owner alone. Its text form says where it is, not what it is. */
record PasswordFile(Path path) {
    private static final int LENGTH_BYTES = 24;

    String read() {
        try {
            return Files.readString(path, StandardCharsets.UTF_8).strip();
        } catch (IOException failure) {
            throw new DatabaseRefused.ServerFailed(
                    "The password file " + path + " cannot be read: " + failure.getMessage(), failure);
        }
    }

    /** Draws a password where there is none yet. */
    static PasswordFile ensured(Path path) throws IOException {
        if (!Files.exists(path)) {
            byte[] random = new byte[LENGTH_BYTES];
            new SecureRandom().nextBytes(random);
            Path partial = path.resolveSibling(path.getFileName() + ".partial");
            Files.deleteIfExists(partial);
            Files.createFile(
                    partial, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(partial, HexFormat.of().formatHex(random));
            Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE);
        }
        return new PasswordFile(path);
    }
}
