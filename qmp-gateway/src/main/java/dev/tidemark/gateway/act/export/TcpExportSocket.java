package dev.tidemark.gateway.act.export;

import dev.tidemark.gateway.qmp.NbdListening;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A TCP port of a range. QEMU cannot be asked on which port it listens, and two machines must not be given the same one: a file by
 * the port's name says which machine has it, before QEMU listens and until it no longer does.
 */
public final class TcpExportSocket implements ExportSocket {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final String SUFFIX = ".port";
    private static final int CONNECT_MILLISECONDS_MAX = 2_000;

    /** QEMU listens within seconds of a claim: an older one without a listener was left by a machine that nobody has any more. */
    private static final Duration CLAIM_AGE_MAX = Duration.ofMinutes(10);

    private final Path directory;
    private final MachineId machine;
    private final TcpExports exports;

    /** Of a machine. */
    public TcpExportSocket(Path directory, MachineId machine, TcpExports exports) {
        this.directory = directory;
        this.machine = machine;
        this.exports = exports;
    }

    @Override
    public void prepare() throws IOException {
        exports.check();
        Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
        if (claimed().isPresent()) {
            return;
        }
        for (int port = exports.firstPort(); port <= exports.lastPort(); port++) {
            if (claim(port)) {
                return;
            }
        }
        throw new FileSystemException(
                directory.toString(),
                null,
                "every port from " + exports.firstPort() + " to " + exports.lastPort() + " is taken");
    }

    @Override
    public NbdListening listening() throws IOException {
        return new NbdListening.Tcp(exports.address(), port());
    }

    @Override
    public Optional<TlsCredentials> tls() {
        return exports.tls();
    }

    @Override
    public String uri(String export) throws IOException {
        String user = exports.tls().orElse(null) instanceof TlsCredentials.SharedKey key
                ? ExportSocket.encoded(key.user()) + "@"
                : "";
        return (exports.tls().isPresent() ? "nbds://" : "nbd://")
                + user
                + exports.host()
                + ":"
                + port()
                + "/"
                + ExportSocket.encoded(export);
    }

    @Override
    public boolean exists() {
        try {
            return claimed().isPresent();
        } catch (IOException unreadable) {
            return true;
        }
    }

    @Override
    public boolean isServed() {
        try {
            Optional<Integer> port = claimed();
            return port.isPresent() && answers(port.get());
        } catch (IOException unreadable) {
            return false;
        }
    }

    @Override
    public void clear() {
        // The port is ours until it is removed, whoever has listened on it.
    }

    @Override
    public void remove() throws IOException {
        Optional<Integer> port = claimed();
        if (port.isPresent()) {
            Files.deleteIfExists(claim(directory, port.get()));
        }
    }

    private int port() throws IOException {
        return claimed()
                .orElseThrow(() -> new FileSystemException(directory.toString(), null, "no port is this machine's"));
    }

    private boolean claim(int port) throws IOException {
        Path claim = claim(directory, port);
        if (!isFree(port)) {
            return false;
        }
        if (isLeftBehind(claim)) {
            Files.deleteIfExists(claim);
        }
        try {
            Files.writeString(
                    claim,
                    machine.value(),
                    StandardCharsets.US_ASCII,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SYNC);
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        }
    }

    private static boolean isLeftBehind(Path claim) throws IOException {
        try {
            return Files.getLastModifiedTime(claim)
                    .toInstant()
                    .plus(CLAIM_AGE_MAX)
                    .isBefore(Instant.now());
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    private boolean isFree(int port) throws IOException {
        InetAddress address = InetAddress.getByName(exports.address());
        try (ServerSocket probe = new ServerSocket(port, 1, address)) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private boolean answers(int port) {
        try (Socket client = new Socket()) {
            client.connect(new InetSocketAddress(exports.address(), port), CONNECT_MILLISECONDS_MAX);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    private Optional<Integer> claimed() throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> claims = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path claim : claims) {
                if (machine.value().equals(holder(claim))) {
                    String name = claim.getFileName().toString();
                    return Optional.of(Integer.valueOf(name.substring(0, name.length() - SUFFIX.length())));
                }
            }
        }
        return Optional.empty();
    }

    private static String holder(Path claim) throws IOException {
        try {
            return Files.readString(claim, StandardCharsets.US_ASCII);
        } catch (NoSuchFileException gone) {
            return "";
        }
    }

    private static Path claim(Path directory, int port) {
        return directory.resolve(port + SUFFIX);
    }
}
