package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.gateway.testkit.StorageDaemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** A real qemu-storage-daemon with small qcow2 disks, and a bystander's view of it that owes nothing to our code. */
final class Machine implements Bystander, AutoCloseable {
    static final int DISK_BYTES = 4 << 20;
    static final int GRANULE = 65_536;

    /** Every incremental copies the disk's last granule too, which every bitmap marks from its birth on. */
    static final int CANARY = GRANULE;

    private final ShortDirectory files = ShortDirectory.create();
    private final Path images;
    private final List<String> disks = new ArrayList<>();
    private final StorageDaemon daemon;
    private int pattern;

    /** Disks {@code d0}, {@code d1}, …, empty. */
    Machine(int diskCount) {
        this(diskCount, "");
    }

    /** With the images in a place that was prepared for them. */
    Machine(int diskCount, Path place) {
        this(diskCount, place.toString());
    }

    private Machine(int diskCount, String place) {
        images = place.isEmpty() ? files.path() : Path.of(place);
        List<String> blockdevs = new ArrayList<>();
        for (int index = 0; index < diskCount; index++) {
            String disk = "d" + index;
            disks.add(disk);
            blockdevs.add(DiskImage.qcow2Blockdev(disk, DiskImage.createQcow2(image(disk), DISK_BYTES)));
        }
        daemon = StorageDaemon.start(blockdevs, disks);
    }

    /** With one more disk, {@code raw}, that cannot keep bitmaps. */
    static Machine withRawDisk() {
        return new Machine(true);
    }

    private Machine(boolean raw) {
        images = files.path();
        disks.addAll(List.of("d0", "raw"));
        RequiredProgram.QEMU_IMG.run(
                "create", "-q", "-f", "raw", image("raw").toString(), Integer.toString(DISK_BYTES));
        daemon = StorageDaemon.start(
                List.of(
                        DiskImage.qcow2Blockdev("d0", DiskImage.createQcow2(image("d0"), DISK_BYTES)),
                        DiskImage.qcow2Blockdev("raw", image("raw"))
                                .replaceFirst("\"driver\":\"qcow2\"", "\"driver\":\"raw\"")),
                disks);
        assertThat(raw).isTrue();
    }

    StorageDaemon daemon() {
        return daemon;
    }

    List<String> disks() {
        return List.copyOf(disks);
    }

    Path image(String disk) {
        return images.resolve(disk + ".qcow2");
    }

    Path file(String name) {
        return files.resolve(name);
    }

    /** Writes a pattern that was not used just before, and reads it back. */
    void write(String disk, long offset, long length) {
        pattern = pattern % 255 + 1;
        daemon.write(disk, pattern, offset, length);
    }

    void writeGranule(String disk, int granule) {
        write(disk, (long) granule * GRANULE, GRANULE);
    }

    @Override
    public Path socket() {
        return daemon.socket();
    }

    @Override
    public String node(String disk) {
        return disk;
    }

    /** What the guest sees of a disk now. */
    byte[] content(String disk) {
        Path raw = files.resolve("content-" + disk);
        RequiredProgram.QEMU_IMG.run(
                "convert",
                "-f",
                "raw",
                "-O",
                "raw",
                "nbd+unix:///" + disk + "?socket=" + daemon.nbdSocket(),
                raw.toString());
        return bytes(raw);
    }

    @Override
    public Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        disks.forEach(disk -> contents.put(disk, content(disk)));
        return contents;
    }

    /** The disk is plugged in while QEMU runs, and known to this machine from then on. */
    void plug(String disk) {
        DiskImage.createQcow2(image(disk), DISK_BYTES);
        qmp("{\"execute\":\"blockdev-add\",\"arguments\":" + DiskImage.qcow2Blockdev(disk, image(disk)) + "}");
        export(disk);
        disks.add(disk);
    }

    /** Another size. An NBD export keeps QEMU from it, so it goes and comes back. */
    void resize(String disk, long bytes) {
        qmp("{\"execute\":\"block-export-del\",\"arguments\":{\"id\":\"e-" + disk + "\",\"mode\":\"hard\"}}");
        Awaitility.await()
                .until(() ->
                        !qmp("{\"execute\":\"query-block-exports\"}").toString().contains("\"e-" + disk + "\""));
        qmp("{\"execute\":\"block_resize\",\"arguments\":{\"node-name\":\"" + disk + "\",\"size\":" + bytes + "}}");
        export(disk);
    }

    /** The disk is taken out while QEMU runs; its image is closed. */
    void unplug(String disk) {
        qmp("{\"execute\":\"block-export-del\",\"arguments\":{\"id\":\"e-" + disk + "\",\"mode\":\"hard\"}}");
        Awaitility.await()
                .until(() ->
                        !qmp("{\"execute\":\"query-block-exports\"}").toString().contains("\"e-" + disk + "\""));
        qmp("{\"execute\":\"blockdev-del\",\"arguments\":{\"node-name\":\"" + disk + "\"}}");
    }

    /** A disk that was taken out comes back with the image that it had. */
    void plugAgain(String disk) {
        qmp("{\"execute\":\"blockdev-add\",\"arguments\":" + DiskImage.qcow2Blockdev(disk, image(disk)) + "}");
        export(disk);
    }

    private void export(String disk) {
        qmp("{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"e-" + disk
                + "\",\"node-name\":\"" + disk + "\",\"name\":\"" + disk + "\",\"writable\":true}}");
    }

    @Override
    public JsonNode qmp(String json) {
        try (RawMonitor monitor = RawMonitor.connect(daemon.bystanderSocket())) {
            return monitor.execute(json);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        daemon.close();
        files.close();
    }
}
