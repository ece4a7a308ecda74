package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backup's disks as NBD exports on a unix socket, without a byte copied, for whoever has no coordinator: for as long as this process
 * lives. Nothing is read back before: what rotted is served as it is, unless it can be seen in headers and lengths.
 *
 * <p>If it is writable, what clients write goes to images beside the socket and ends with the export.
 */
public final class RestorePointExport implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RestorePointExport.class);
    private static final String SOCKET = "nbd.sock";
    private static final String PROCESS_FILE = "pid";

    /** {@code sun_path} holds 108 bytes with the one that ends it. */
    private static final int SOCKET_PATH_LENGTH_MAX = 107;

    private final Path directory;
    private final List<ExportedDisk> disks;
    private final ExportDaemon daemon;

    private RestorePointExport(Path directory, List<ExportedDisk> disks, ExportDaemon daemon) {
        this.directory = directory;
        this.disks = List.copyOf(disks);
        this.daemon = daemon;
    }

    /**
     * One disk to be had.
     *
     * @param uri as NBD clients take it
     * @param size in bytes
     */
    public record ExportedDisk(DiskName disk, String uri, long size) {}

    /** Makes the directory, which must not be there, and serves from it when this returns. */
    static RestorePointExport open(List<BackupChain> chains, KeyRing keys, Path directory, boolean isWritable)
            throws RepositoryException, IOException, InterruptedException {
        Path socket = directory.resolve(SOCKET);
        if (socket.toString().length() > SOCKET_PATH_LENGTH_MAX) {
            throw new RepositoryException(
                    FailureCode.UNSUPPORTED,
                    socket + " is too long for a socket, " + SOCKET_PATH_LENGTH_MAX + " bytes are the most");
        }
        try {
            DurableFiles.createDirectory(directory);
        } catch (FileAlreadyExistsException taken) {
            throw new RepositoryException(
                    FailureCode.TARGET_EXISTS, null, directory + " is there already; the export makes its own", taken);
        }
        boolean open = false;
        try {
            List<ExportDaemon.Part> parts = new ArrayList<>();
            List<ExportedDisk> disks = new ArrayList<>();
            for (BackupChain chain : chains) {
                Layer top = chain.layers().getFirst();
                Optional<Path> overlay = isWritable ? Optional.of(WrittenImage.in(directory, top)) : Optional.empty();
                parts.add(new ExportDaemon.Part(chain.images(keys), top.disk().value(), overlay));
                disks.add(new ExportedDisk(
                        top.disk(),
                        "nbd+unix:///" + top.disk() + "?socket=" + socket,
                        top.stored().size()));
            }
            ExportDaemon daemon = ExportDaemon.start(parts, socket, directory.resolve(PROCESS_FILE));
            open = true;
            return new RestorePointExport(directory, disks, daemon);
        } finally {
            if (!open) {
                remove(directory);
            }
        }
    }

    public List<ExportedDisk> disks() {
        return disks;
    }

    /** Serves until the thread is interrupted; gives why the daemon has ended before. */
    public RepositoryException awaitFailure() throws InterruptedException {
        return daemon.awaitFailure();
    }

    /** Ends the daemon and removes the directory with what was written. */
    @Override
    public void close() throws RepositoryException {
        daemon.kill();
        remove(directory);
    }

    private static void remove(Path directory) throws RepositoryException {
        try {
            // The first of it is where whoever started us wants it, links and all.
            FlatRemoval.remove(DurableFiles.parent(directory).toRealPath(), String.valueOf(directory.getFileName()));
        } catch (IOException fault) {
            LOG.debug("{} stays", directory, fault);
            throw RepositoryException.failed("cannot remove " + directory, fault);
        }
    }
}
