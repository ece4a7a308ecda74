package dev.tidemark.gateway.act.export;

import dev.tidemark.gateway.qmp.NbdListening;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A unix socket in a directory of this host's gateways that nobody else can enter: whoever reaches it can list and read every
 * export. QEMU makes it, and removes it when it stops serving; one that is killed leaves it behind.
 */
public final class UnixExportSocket implements ExportSocket {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    /** sockaddr_un.sun_path holds 108 bytes, of which the last is NUL (unix(7)). */
    private static final int PATH_BYTES_MAX = 107;

    private final Path directory;
    private final Path path;

    /** Of a machine. */
    public UnixExportSocket(Path directory, MachineId machine) {
        this(directory, machine.value());
    }

    /** Of a restore point that this operation asked for. */
    public UnixExportSocket(Path directory, OperationId export) {
        this(directory, export.value());
    }

    private UnixExportSocket(Path directory, String name) {
        this.directory = directory.toAbsolutePath();
        this.path = this.directory.resolve(name + ".nbd");
    }

    /** Where it lies. */
    public Path path() {
        return path;
    }

    @Override
    public void prepare() throws IOException {
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > PATH_BYTES_MAX) {
            throw new FileSystemException(path.toString(), null, "is longer than a socket's name may be");
        }
        Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
        if (!Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS).equals(OWNER_ONLY)) {
            throw new FileSystemException(directory.toString(), null, "is open to others than its owner");
        }
    }

    @Override
    public NbdListening listening() {
        return new NbdListening.Unix(path);
    }

    @Override
    public Optional<TlsCredentials> tls() {
        return Optional.empty();
    }

    @Override
    public String uri(String export) {
        return "nbd+unix:///" + ExportSocket.encoded(export) + "?socket=" + ExportSocket.encoded(path.toString());
    }

    @Override
    public boolean exists() {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public boolean isServed() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException nobody) {
            return false;
        }
    }

    @Override
    public void clear() throws IOException {
        remove();
    }

    @Override
    public void remove() throws IOException {
        Files.deleteIfExists(path);
    }
}
