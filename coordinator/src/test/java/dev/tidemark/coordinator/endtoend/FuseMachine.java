package dev.tidemark.coordinator.endtoend;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.gateway.testkit.StorageDaemon;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A real qemu-storage-daemon whose guest reads and writes files over FUSE: its one NBD server is free for pull backups. */
final class FuseMachine implements Bystander, AutoCloseable {
    static final int DISK_BYTES = 4 << 20;

    private final ShortDirectory files = ShortDirectory.create();
    private final List<String> disks;
    private final StorageDaemon daemon;

    /** Disks {@code d0} and {@code d1}, empty. */
    FuseMachine() {
        disks = List.of("d0", "d1");
        daemon = StorageDaemon.startWithoutServer(
                disks.stream()
                        .map(disk -> DiskImage.qcow2Blockdev(
                                disk, DiskImage.createQcow2(files.resolve(disk + ".qcow2"), DISK_BYTES)))
                        .toList(),
                disks);
    }

    StorageDaemon daemon() {
        return daemon;
    }

    List<String> disks() {
        return disks;
    }

    Path file(String name) {
        return files.resolve(name);
    }

    /** Writes a pattern, and reads it back. */
    void write(String disk, int pattern, long offset, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) pattern);
        try (RandomAccessFile file = new RandomAccessFile(daemon.fuseFile(disk).toFile(), "rw")) {
            file.seek(offset);
            file.write(bytes);
            file.seek(offset);
            byte[] read = new byte[length];
            file.readFully(read);
            if (!Arrays.equals(bytes, read)) {
                throw new AssertionError("the write was not read back: " + disk + " at " + offset);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public Path socket() {
        return daemon.socket();
    }

    @Override
    public Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        disks.forEach(disk -> contents.put(disk, Machine.bytes(daemon.fuseFile(disk))));
        return contents;
    }

    @Override
    public JsonNode qmp(String json) {
        try (RawMonitor monitor = RawMonitor.connect(daemon.bystanderSocket())) {
            return monitor.execute(json);
        }
    }

    @Override
    public String node(String disk) {
        return disk;
    }

    @Override
    public void close() {
        daemon.close();
        files.close();
    }
}
