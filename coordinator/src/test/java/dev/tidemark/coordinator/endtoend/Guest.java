package dev.tidemark.coordinator.endtoend;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.QemuSystem;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * A real qemu-system with the devices vda and vdb, its processors stopped. What a guest would write comes through writable
 * exports, which follow their disk when a stranger puts a layer on it, as a guest's device does.
 */
final class Guest implements Bystander, AutoCloseable {
    static final int DISK_BYTES = 4 << 20;

    private final ShortDirectory files = ShortDirectory.create();
    private final Map<String, Path> images = new LinkedHashMap<>();
    private final QemuSystem system;
    private int pattern;
    private int servers;

    Guest() {
        for (String disk : List.of("vda", "vdb")) {
            images.put(disk, DiskImage.createQcow2(files.resolve(disk), DISK_BYTES));
        }
        system = QemuSystem.startMachine(
                List.of(
                        DiskImage.qcow2Blockdev("n-vda", files.resolve("vda")),
                        DiskImage.qcow2Blockdev("n-vdb", files.resolve("vdb"))),
                List.of(
                        "virtio-blk-pci,drive=n-vda,id=vda,share-rw=on",
                        "virtio-blk-pci,drive=n-vdb,id=vdb,share-rw=on"));
        serve();
    }

    QemuSystem system() {
        return system;
    }

    Path file(String name) {
        return files.resolve(name);
    }

    Path image(String disk) {
        return Objects.requireNonNull(images.get(disk));
    }

    @Override
    public Path socket() {
        return system.socket();
    }

    @Override
    public JsonNode qmp(String json) {
        try (RawMonitor monitor = RawMonitor.connect(system.bystanderSocket())) {
            return monitor.execute(json);
        }
    }

    @Override
    public String node(String disk) {
        for (JsonNode device : qmp("{\"execute\":\"query-block\"}")) {
            if (device.path("qdev").asString("").contains("/" + disk + "/")) {
                return device.path("inserted").path("node-name").asString("");
            }
        }
        throw new AssertionError("no disk " + disk);
    }

    /** Writes and reads back. */
    void write(String disk, long offset, long length) {
        pattern = pattern % 255 + 1;
        String range = " -P " + pattern + " " + offset + " " + length;
        String printed = RequiredProgram.QEMU_IO.run(
                "-f", "raw", "-c", "write" + range, "-c", "flush", "-c", "read" + range, address(disk));
        if (printed.contains("failed") || !printed.contains("wrote ")) {
            throw new AssertionError("the write was not read back: " + printed);
        }
    }

    void writeGranule(String disk, int granule) {
        write(disk, (long) granule * Machine.GRANULE, Machine.GRANULE);
    }

    @Override
    public Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        for (String disk : images.keySet()) {
            Path raw = files.resolve("content-" + disk);
            RequiredProgram.QEMU_IMG.run("convert", "-f", "raw", "-O", "raw", address(disk), raw.toString());
            contents.put(disk, Machine.bytes(raw));
        }
        return contents;
    }

    /** A stranger opens an image as a node that nothing stands on yet. */
    void open(String node, Path image, String more) {
        qmp("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"qcow2\",\"node-name\":\"" + node + "\"" + more
                + ",\"file\":{\"driver\":\"file\",\"filename\":\"" + image + "\"}}}");
    }

    /** A stranger puts a layer on a disk. */
    void overlay(String disk, String node) {
        open(node, DiskImage.createQcow2(files.resolve(node), DISK_BYTES), ",\"backing\":null");
        qmp("{\"execute\":\"blockdev-snapshot\",\"arguments\":{\"node\":\"" + node(disk) + "\",\"overlay\":\"" + node
                + "\"}}");
    }

    /** The exports that stand for the guest go, so that nobody writes. */
    void beQuiet() {
        qmp("{\"execute\":\"nbd-server-stop\"}");
    }

    /** After a new start. */
    void serve() {
        Path nbd = nbd(++servers);
        qmp("{\"execute\":\"nbd-server-start\",\"arguments\":{\"addr\":{\"type\":\"unix\",\"data\":{\"path\":\"" + nbd
                + "\"}}}}");
        for (String disk : images.keySet()) {
            qmp("{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"e-" + disk
                    + "\",\"node-name\":\"" + node(disk) + "\",\"name\":\"" + disk + "\",\"writable\":true}}");
        }
    }

    private Path nbd(int server) {
        return files.resolve("nbd" + server);
    }

    private String address(String disk) {
        return "nbd+unix:///" + disk + "?socket=" + nbd(servers);
    }

    static void copy(Path from, Path to) {
        try {
            Files.copy(from, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        system.close();
        files.close();
    }
}
