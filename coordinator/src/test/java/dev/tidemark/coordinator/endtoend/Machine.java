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
import java.util.TreeMap;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** A real qemu-storage-daemon with small qcow2 disks, and a bystander's view of it that owes nothing to our code. */
final class Machine implements AutoCloseable {
    static final int DISK_BYTES = 4 << 20;
    static final int GRANULE = 65_536;

    /** Every incremental copies the disk's last granule too, which every bitmap marks from its birth on. */
    static final int CANARY = GRANULE;

    private final ShortDirectory files = ShortDirectory.create();
    private final List<String> disks = new ArrayList<>();
    private final StorageDaemon daemon;
    private int pattern;

    /** Disks {@code d0}, {@code d1}, …, empty. */
    Machine(int diskCount) {
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
        return files.resolve(disk + ".qcow2");
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

    Map<String, byte[]> contents() {
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

    private void export(String disk) {
        qmp("{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"e-" + disk
                + "\",\"node-name\":\"" + disk + "\",\"name\":\"" + disk + "\",\"writable\":true}}");
    }

    /** A stranger's command. */
    JsonNode qmp(String json) {
        try (RawMonitor monitor = RawMonitor.connect(daemon.bystanderSocket())) {
            return monitor.execute(json);
        }
    }

    void bitmapVerb(String verb, String disk, String bitmap) {
        qmp("{\"execute\":\"" + verb + "\",\"arguments\":{\"node\":\"" + disk + "\",\"name\":\"" + bitmap + "\"}}");
    }

    /** The bitmaps on a disk's top node, by name. */
    Map<String, JsonNode> bitmaps(String disk) {
        Map<String, JsonNode> bitmaps = new TreeMap<>();
        for (JsonNode node : qmp("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}")) {
            if (node.path("node-name").asString("").equals(disk)) {
                for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                    bitmaps.put(bitmap.path("name").asString(""), bitmap);
                }
            }
        }
        return bitmaps;
    }

    /** Which of the disk's bitmaps of ours record. */
    List<String> recording(String disk) {
        return bitmaps(disk).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("tm-"))
                .filter(entry -> entry.getValue().path("recording").asBoolean(false))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Jobs, nodes, exports and temporary bitmaps with our prefix. */
    List<String> leftovers() {
        List<String> found = new ArrayList<>();
        for (JsonNode job : qmp("{\"execute\":\"query-jobs\"}")) {
            found.add("job " + job.path("id").asString(""));
        }
        for (JsonNode node : qmp("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}")) {
            String name = node.path("node-name").asString("");
            if (name.startsWith("tm-")) {
                found.add("node " + name);
            }
            for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                if (bitmap.path("name").asString("").startsWith("tm-tmp-")) {
                    found.add("bitmap " + bitmap.path("name").asString(""));
                }
            }
        }
        for (JsonNode export : qmp("{\"execute\":\"query-block-exports\"}")) {
            if (export.path("id").asString("").startsWith("tm-")) {
                found.add("export " + export.path("id").asString(""));
            }
        }
        return found;
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
