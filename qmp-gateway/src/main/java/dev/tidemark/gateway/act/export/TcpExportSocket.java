package dev.tidemark.gateway.act.export;

import dev.tidemark.gateway.qmp.NbdListening;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A TCP port of a range. QEMU cannot be asked on which port it listens, and two machines must not be given the same one: a file by
 * the port's name says which machine has it, before QEMU listens and until it no longer does. What the file says counts, and not
 * what the gateway is told of ports later: who was told to listen somewhere has to be found there.
 */
public final class TcpExportSocket implements ExportSocket {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final String LOCK = "ports.lock";
    private static final int CONNECT_MILLISECONDS_MAX = 2_000;

    /** Gateways share the directory, and so do machines of one gateway: a lock on a file keeps only processes apart. */
    private static final Object IN_THIS_PROCESS = new Object();

    private final Path directory;
    private final MachineId machine;
    private final Optional<TcpExports> exports;

    /** Of a machine; without ports, that which it has is found nevertheless. */
    public TcpExportSocket(Path directory, MachineId machine, Optional<TcpExports> exports) {
        this.directory = directory;
        this.machine = machine;
        this.exports = exports;
    }

    @Override
    public void prepare() throws IOException {
        if (exports.isPresent()) {
            exports.get().check();
        }
        Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
        if (claimed().isPresent()) {
            return;
        }
        TcpExports wanted = given();
        for (int port = wanted.firstPort(); port <= wanted.lastPort(); port++) {
            if (claim(wanted, port)) {
                return;
            }
        }
        throw new FileSystemException(
                directory.toString(),
                null,
                "every port from " + wanted.firstPort() + " to " + wanted.lastPort() + " is taken");
    }

    @Override
    public NbdListening listening() throws IOException {
        PortClaim claim = claim();
        return new NbdListening.Tcp(address(claim).orElse("any address"), claim.port());
    }

    @Override
    public Optional<TlsCredentials> tls() {
        return exports.flatMap(TcpExports::tls);
    }

    @Override
    public boolean mayHaveKeys() {
        return true;
    }

    @Override
    public String uri(String export) throws IOException {
        PortClaim claim = claim();
        String prefix = claim.served().isPresent() ? claim.served().get().prefix() : prefix(given(), claim.port());
        return prefix + ExportSocket.encoded(export);
    }

    @Override
    public boolean exists() {
        try {
            return claimed().isPresent();
        } catch (IOException unreadable) {
            return exports.isPresent();
        }
    }

    @Override
    public boolean isServed() {
        try {
            Optional<PortClaim> claim = claimed();
            if (claim.isEmpty()) {
                return false;
            }
            Optional<String> address = address(claim.get());
            return address.isPresent()
                    ? answers(address.get(), claim.get().port())
                    : !isFree(Optional.empty(), claim.get().port());
        } catch (IOException unreadable) {
            return false;
        }
    }

    @Override
    public void heard() throws IOException {
        claim().heard();
    }

    @Override
    public void clear() throws IOException {
        // Nobody listens, so that what the file says of where and how was never so, or is over.
        remove();
        prepare();
    }

    @Override
    public void remove() throws IOException {
        exclusively(() -> {
            Optional<PortClaim> claim = claimed();
            if (claim.isPresent()) {
                Files.deleteIfExists(claim.get().file());
            }
            return true;
        });
    }

    private TcpExports given() throws IOException {
        return exports.orElseThrow(
                () -> new FileSystemException(directory.toString(), null, "this gateway has no ports for exports"));
    }

    private Optional<String> address(PortClaim claim) {
        return claim.served().map(PortClaim.Served::address).or(() -> exports.map(TcpExports::address));
    }

    private static String prefix(TcpExports wanted, int port) throws IOException {
        String user = wanted.tls().orElse(null) instanceof TlsCredentials.SharedKey key
                ? ExportSocket.encoded(key.user()) + "@"
                : "";
        return (wanted.tls().isPresent() ? "nbds://" : "nbd://") + user + wanted.host() + ":" + port + "/";
    }

    private boolean claim(TcpExports wanted, int port) throws IOException {
        Path file = directory.resolve(port + PortClaim.SUFFIX);
        PortClaim.Served served = new PortClaim.Served(wanted.address(), prefix(wanted, port));
        return exclusively(() -> {
            Optional<PortClaim> held = PortClaim.read(file);
            if (held.isPresent()) {
                // Wherever its QEMU listens. One that is about to is left alone: even a look would take its port for a
                // moment.
                if (!held.get().isNobodysUnlessHeard() || !isFree(Optional.empty(), port)) {
                    return false;
                }
                Files.deleteIfExists(file);
            }
            return isFree(Optional.of(wanted.address()), port) && PortClaim.make(file, machine.value(), served);
        });
    }

    /** Whether nobody listens on the port, there or anywhere. */
    private static boolean isFree(Optional<String> where, int port) throws IOException {
        InetAddress address = where.isPresent() ? InetAddress.getByName(where.get()) : null;
        try (ServerSocket probe = new ServerSocket(port, 1, address)) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private static boolean answers(String address, int port) {
        try (Socket client = new Socket()) {
            client.connect(new InetSocketAddress(address, port), CONNECT_MILLISECONDS_MAX);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    private PortClaim claim() throws IOException {
        return claimed()
                .orElseThrow(() -> new FileSystemException(directory.toString(), null, "no port is this machine's"));
    }

    private Optional<PortClaim> claimed() throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + PortClaim.SUFFIX)) {
            for (Path file : files) {
                Optional<PortClaim> claim = PortClaim.read(file);
                if (claim.isPresent() && claim.get().machine().equals(machine.value())) {
                    return claim;
                }
            }
        }
        return Optional.empty();
    }

    private interface Change {
        boolean make() throws IOException;
    }

    /** Between a look at a claim and its end nobody else takes the port. */
    private boolean exclusively(Change change) throws IOException {
        synchronized (IN_THIS_PROCESS) {
            if (!Files.isDirectory(directory)) {
                return change.make();
            }
            try (FileChannel channel = FileChannel.open(
                            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                return lock.isValid() && change.make();
            }
        }
    }
}
