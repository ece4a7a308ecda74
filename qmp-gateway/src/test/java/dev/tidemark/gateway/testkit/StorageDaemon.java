package dev.tidemark.gateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A qemu-storage-daemon with two QMP sockets, one for the session under test and one for a bystander
 * ({@link RawMonitor}), and a writable export per node that is named: over NBD (qemu-facts §10), or over FUSE where QEMU's one NBD
 * server has to be left to others.
 */
public final class StorageDaemon implements AutoCloseable {

    private final ShortDirectory directory;
    private final List<String> blockdevs;
    private final List<String> exportedNodes;
    private final boolean overFuse;
    private TestProcess process;
    private boolean unmounted;

    private StorageDaemon(
            ShortDirectory directory, List<String> blockdevs, List<String> exportedNodes, boolean overFuse) {
        this.overFuse = overFuse;
        this.directory = directory;
        this.blockdevs = List.copyOf(blockdevs);
        this.exportedNodes = List.copyOf(exportedNodes);
        this.process = launch();
    }

    /**
     * Starts one and waits until it listens.
     *
     * @param blockdevs {@code --blockdev} options as JSON, in order
     * @param exportedNodes node-names, each exported over NBD under its own name, writable
     */
    public static StorageDaemon start(List<String> blockdevs, List<String> exportedNodes) {
        return start(blockdevs, exportedNodes, false);
    }

    /** As {@link #start}, without an NBD server: each node is a file over FUSE, which takes a user who may mount. */
    public static StorageDaemon startWithoutServer(List<String> blockdevs, List<String> exportedNodes) {
        return start(blockdevs, exportedNodes, true);
    }

    private static StorageDaemon start(List<String> blockdevs, List<String> exportedNodes, boolean overFuse) {
        ShortDirectory directory = ShortDirectory.create();
        boolean started = false;
        try {
            StorageDaemon daemon = new StorageDaemon(directory, blockdevs, exportedNodes, overFuse);
            started = true;
            return daemon;
        } finally {
            if (!started) {
                directory.close();
            }
        }
    }

    /** The QMP socket for the session under test. */
    public Path socket() {
        return directory.resolve("q");
    }

    /** A second QMP socket, for whoever else changes things. */
    public Path bystanderSocket() {
        return directory.resolve("b");
    }

    /** Where the NBD exports are served. */
    public Path nbdSocket() {
        return directory.resolve("n");
    }

    /** The file over FUSE that is a node. */
    public Path fuseFile(String node) {
        return directory.resolve("f-" + node);
    }

    /** For lock files and images; removed on close. */
    public Path directory() {
        return directory.path();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it printed, over all restarts. */
    public String output() {
        return process.output();
    }

    /** SIGSTOP. */
    public void pause() {
        process.pause();
    }

    /** SIGCONT. */
    public void resume() {
        process.resume();
    }

    /** SIGTERM, and waits: persistent bitmaps are stored. */
    public void terminate() {
        process.terminate();
    }

    /** SIGTERM while not one byte more can be written to any file, as if the disk were full: bitmaps cannot be stored. */
    public void terminateWithoutRoom() {
        RequiredProgram.PRLIMIT.run("--pid", Long.toString(pid()), "--fsize=1:1");
        process.terminate();
    }

    /** SIGKILL, and waits: persistent bitmaps are lost or come back inconsistent. */
    public void kill() {
        process.kill();
        unmount();
        unmounted = true;
    }

    /** A new process with the same arguments and paths, after {@link #terminate()} or {@link #kill()}. */
    public void startAgain() {
        if (process.isAlive()) {
            throw new IllegalStateException("still running: pid " + process.pid());
        }
        process = launch();
        unmounted = false;
    }

    /** Writes to a node through its NBD export, as a guest would, and reads it back: a refused write proves nothing. */
    public void write(String node, int pattern, long offsetBytes, long lengthBytes) {
        String range = " -P " + pattern + " " + offsetBytes + " " + lengthBytes;
        String printed = RequiredProgram.QEMU_IO.run(
                "-f",
                "raw",
                "-c",
                "write" + range,
                "-c",
                "flush",
                "-c",
                "read" + range,
                overFuse ? fuseFile(node).toString() : "nbd+unix:///" + node + "?socket=" + nbdSocket());
        if (printed.contains("failed") || !printed.contains("wrote ")) {
            throw new AssertionError("the write was not read back: " + printed);
        }
    }

    @Override
    public void close() {
        process.close();
        if (!unmounted) {
            unmount();
        }
        directory.close();
    }

    private TestProcess launch() {
        // Without room a write fails, as on a full disk, instead of ending the process by a signal.
        List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"));
        command.add(RequiredProgram.QEMU_STORAGE_DAEMON.path());
        addMonitor(command, "m0", socket());
        addMonitor(command, "m1", bystanderSocket());
        for (String blockdev : blockdevs) {
            command.addAll(List.of("--blockdev", blockdev));
        }
        List<Path> sockets = new ArrayList<>(List.of(socket(), bystanderSocket()));
        if (!overFuse) {
            command.addAll(List.of("--nbd-server", "addr.type=unix,addr.path=" + nbdSocket()));
            sockets.add(nbdSocket());
        }
        for (String node : exportedNodes) {
            if (overFuse) {
                makeMountPoint(fuseFile(node));
                command.addAll(List.of(
                        "--export",
                        "type=fuse,id=e-" + node + ",node-name=" + node + ",mountpoint=" + fuseFile(node)
                                + ",writable=on"));
                continue;
            }
            command.addAll(List.of(
                    "--export", "type=nbd,id=e-" + node + ",node-name=" + node + ",name=" + node + ",writable=on"));
        }
        return TestProcess.start(command, directory.resolve("log"), sockets);
    }

    private static void makeMountPoint(Path file) {
        try {
            if (Files.notExists(file)) {
                Files.createFile(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A process that is killed leaves its mounts behind. */
    private void unmount() {
        if (overFuse) {
            exportedNodes.forEach(
                    node -> RequiredProgram.UMOUNT.run("-l", fuseFile(node).toString()));
        }
    }

    private static void addMonitor(List<String> command, String id, Path socket) {
        command.addAll(List.of(
                "--chardev", "socket,path=" + socket + ",server=on,wait=off,id=" + id, "--monitor", "chardev=" + id));
    }
}
