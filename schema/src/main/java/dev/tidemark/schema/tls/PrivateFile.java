package dev.tidemark.schema.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Reads files with private keys. One that others can read is refused: it is no secret any more. */
public final class PrivateFile {
    private static final long BYTES_MAX = 1024L * 1024;
    private static final int ROOT = 0;

    private PrivateFile() {}

    /** The text of a small file that its owner can read, and its group if it is root's, as packages of certificates have it. */
    public static String read(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        boolean ofRoot = Integer.valueOf(ROOT).equals(Files.getAttribute(file, "unix:uid"));
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            boolean fine = switch (permission) {
                case OWNER_READ, OWNER_WRITE, OWNER_EXECUTE -> true;
                case GROUP_READ -> ofRoot;
                default -> false;
            };
            if (!fine && permissions.contains(permission)) {
                throw new IOException("others can use the private key in " + file + "; run 'chmod 600' on it");
            }
        }
        return text(file);
    }

    /** The text of a small file. */
    public static String text(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is not a file with certificates or keys");
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
