package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A backup's disks as NBD exports on a unix socket, without a byte copied: a {@code qemu-storage-daemon} of its own opens each layer
 * read-only and is told what lies below it, so that no name inside an image is followed. Nothing is read back before: what rotted
 * is served as it is, unless it can be seen in headers and lengths.
 *
 * <p>If it is writable, what clients write goes to images beside the socket and ends with the export. The daemon dies with this
 * process, however that ends ({@code setpriv --pdeathsig}).
 */
public final class RestorePointExport implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RestorePointExport.class);
    private static final String SOCKET = "nbd.sock";
    private static final String PROCESS_FILE = "pid";
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final long LOOK_EVERY_MILLISECONDS = 5;

    /** {@code sun_path} holds 108 bytes with the one that ends it. */
    private static final int SOCKET_PATH_LENGTH_MAX = 107;

    private final Path directory;
    private final List<ExportedDisk> disks;
    private final ProgramRun.Running server;

    private RestorePointExport(Path directory, List<ExportedDisk> disks, ProgramRun.Running server) {
        this.directory = directory;
        this.disks = List.copyOf(disks);
        this.server = server;
    }

    /**
     * One disk to be had.
     *
     * @param uri as NBD clients take it
     * @param size in bytes
     */
    public record ExportedDisk(DiskName disk, String uri, long size) {}

    /** Makes the directory, which must not be there, and serves from it when this returns. */
    static RestorePointExport open(List<BackupChain> chains, Path directory, boolean isWritable)
            throws RepositoryException, IOException, InterruptedException {
        Path socket = directory.resolve(SOCKET);
        if (socket.toString().length() > SOCKET_PATH_LENGTH_MAX) {
            throw unusable(socket + " is too long for a socket, " + SOCKET_PATH_LENGTH_MAX + " bytes are the most");
        }
        try {
            DurableFiles.createDirectory(directory);
        } catch (FileAlreadyExistsException taken) {
            throw new RepositoryException(
                    FailureCode.TARGET_EXISTS, null, directory + " is there already; the export makes its own", taken);
        }
        boolean open = false;
        try {
            List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "qemu-storage-daemon"));
            command.addAll(List.of("--pidfile", directory.resolve(PROCESS_FILE).toString()));
            command.addAll(List.of("--nbd-server", server(socket)));
            List<ExportedDisk> disks = new ArrayList<>();
            for (int index = 0; index < chains.size(); index++) {
                Layer top = chains.get(index).layers().getFirst();
                String node = blockdevs(command, chains.get(index), index);
                if (isWritable) {
                    node = overlay(command, directory, top, index);
                }
                command.addAll(List.of("--export", export(index, node, top.disk(), isWritable)));
                disks.add(new ExportedDisk(
                        top.disk(),
                        "nbd+unix:///" + top.disk() + "?socket=" + socket,
                        top.stored().size()));
            }
            ProgramRun.Running server = new ProgramRun(command, Duration.ofDays(365), share -> {}).start();
            RestorePointExport export = new RestorePointExport(directory, disks, server);
            try {
                export.awaitBegin();
                open = true;
            } finally {
                if (!open) {
                    server.close();
                }
            }
            return export;
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
        return ended(server.awaitEnd());
    }

    /** Ends the daemon and removes the directory with what was written. */
    @Override
    public void close() throws RepositoryException {
        server.close();
        remove(directory);
    }

    /** The daemon writes its process file once everything that it was told on its command line is done. */
    private void awaitBegin() throws RepositoryException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!Files.exists(directory.resolve(PROCESS_FILE))) {
            Optional<ProgramRun.Ended> ended = server.ended(LOOK_EVERY_MILLISECONDS, TimeUnit.MILLISECONDS);
            if (ended.isPresent()) {
                throw ended(ended.get());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new RepositoryException(
                        FailureCode.REPOSITORY_FAILED,
                        "qemu-storage-daemon did not serve within " + START_LIMIT.toSeconds() + " s");
            }
        }
    }

    private static RepositoryException ended(ProgramRun.Ended ended) {
        return new RepositoryException(
                FailureCode.REPOSITORY_FAILED, "qemu-storage-daemon has ended: " + ended.complaint());
    }

    private static String server(Path socket) {
        ObjectNode options = Json.MAPPER.createObjectNode();
        options.putObject("addr").put("type", "unix").put("path", socket.toString());
        return options.toString();
    }

    /** From the bottom to the top, because each names the one below it; gives the name of the top one. */
    private static String blockdevs(List<String> command, BackupChain chain, int index) {
        Optional<String> below = Optional.empty();
        String node = "";
        for (int layer = chain.layers().size() - 1; layer >= 0; layer--) {
            node = "disk" + index + "-layer" + layer;
            ObjectNode options = qcow2(node, chain.layers().get(layer).file(), below, true);
            command.addAll(List.of("--blockdev", options.toString()));
            below = Optional.of(node);
        }
        return node;
    }

    private static String overlay(List<String> command, Path directory, Layer top, int index)
            throws IOException, RepositoryException, InterruptedException {
        Path file = directory.resolve(top.disk() + ".written.qcow2");
        DurableFiles.createEmpty(file);
        // Without a name in it: what lies below is told to the daemon.
        new QemuImage("qemu-img").create(file, top.stored().size(), Optional.empty(), Optional.empty());
        String node = "disk" + index + "-written";
        ObjectNode options = qcow2(node, file, Optional.of("disk" + index + "-layer0"), false);
        command.addAll(List.of("--blockdev", options.toString()));
        return node;
    }

    private static ObjectNode qcow2(String node, Path file, Optional<String> below, boolean isReadOnly) {
        ObjectNode options = Json.MAPPER.createObjectNode();
        options.put("driver", "qcow2").put("node-name", node).put("read-only", isReadOnly);
        options.putObject("file")
                .put("driver", "file")
                .put("filename", file.toString())
                .put("read-only", isReadOnly);
        below.ifPresentOrElse(name -> options.put("backing", name), () -> options.putNull("backing"));
        return options;
    }

    private static String export(int index, String node, DiskName disk, boolean isWritable) {
        return Json.MAPPER
                .createObjectNode()
                .put("type", "nbd")
                .put("id", "disk" + index)
                .put("node-name", node)
                .put("name", disk.value())
                .put("writable", isWritable)
                .toString();
    }

    private static RepositoryException unusable(String why) {
        return new RepositoryException(FailureCode.UNSUPPORTED, why);
    }

    private static void remove(Path directory) throws RepositoryException {
        try {
            FlatRemoval.remove(DurableFiles.parent(directory), String.valueOf(directory.getFileName()));
        } catch (IOException fault) {
            LOG.debug("{} stays", directory, fault);
            throw RepositoryException.failed("cannot remove " + directory, fault);
        }
    }
}
