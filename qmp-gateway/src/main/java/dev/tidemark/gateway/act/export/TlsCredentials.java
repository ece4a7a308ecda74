package dev.tidemark.gateway.act.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/**
 * Who may read over TCP, and how they know whom they read from. QEMU itself reads the keys, from files of a directory: they pass
 * neither a command line nor a monitor.
 */
public sealed interface TlsCredentials {
    /** Holds the keys; absolute. */
    Path directory();

    /**
     * Fails where QEMU would, and where a key is open to everybody: before a backup is asked for, not in the midst of one.
     *
     * @throws IOException if a file is missing, or can be read by others than its owner and group
     */
    void check() throws IOException;

    /** A certificate of the server, and one of each client that the same authority has signed: nobody else is let in. */
    record Certificates(Path directory) implements TlsCredentials {
        @Override
        public void check() throws IOException {
            readable(directory.resolve("ca-cert.pem"));
            readable(directory.resolve("server-cert.pem"));
            secret(directory.resolve("server-key.pem"));
        }
    }

    /** A key that server and clients share. */
    record SharedKey(Path directory) implements TlsCredentials {
        private static final String FILE = "keys.psk";

        @Override
        public void check() throws IOException {
            secret(directory.resolve(FILE));
            user();
        }

        /** The first that the file names: clients have to call themselves so. */
        public String user() throws IOException {
            try (var lines = Files.lines(directory.resolve(FILE), StandardCharsets.UTF_8)) {
                return lines.map(line -> line.substring(0, Math.max(0, line.indexOf(':'))))
                        .filter(name -> !name.isEmpty())
                        .findFirst()
                        .orElseThrow(() -> new FileSystemException(
                                directory.resolve(FILE).toString(), null, "has no line like user:key"));
            }
        }
    }

    private static void readable(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new FileSystemException(file.toString(), null, "is missing, or cannot be read");
        }
    }

    private static void secret(Path file) throws IOException {
        readable(file);
        if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
            throw new FileSystemException(file.toString(), null, "is a key that everybody can read: chmod o-r");
        }
    }
}
