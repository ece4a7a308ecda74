package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.QemuSystem;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What only a machine with devices can show: a disk keeps its name when a snapshot puts a layer on top of it. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class QemuSystemIT {
    private static final int DISK_BYTES = 4 << 20;

    private final Site site;
    private final Api api;
    private final String vm = Site.freshName();

    QemuSystemIT(Site site) {
        this.site = site;
        api = site.api();
    }

    @Test
    @Covers({"#9", "S5"})
    void a_layer_on_top_makes_its_disk_full_and_the_other_stays_incremental() {
        try (ShortDirectory files = ShortDirectory.create();
                QemuSystem system = machine(files)) {
            api.done(api.start(
                    "/v1/vms", Map.of("name", vm, "qmp", system.socket().toString())));
            write(system, "vda", 0x11, 65_536);
            JsonNode full = backUp();
            assertThat(kinds(full)).containsExactly("FULL", "FULL");
            assertConfiguration(full.path("configuration"));
            assertConfiguration(api.get("/v1/vms/" + vm + "/checkpoints/"
                            + full.path("checkpoint").asString(""))
                    .path("configuration"));
            write(system, "vda", 0x22, 131_072);
            write(system, "vdb", 0x33, 0);
            JsonNode incremental = backUp();
            assertThat(kinds(incremental)).containsExactly("INCREMENTAL", "INCREMENTAL");
            assertHolds(incremental, "vda", 0x22, 131_072);

            // when somebody takes an external snapshot of vda, and the guest writes to the new layer
            DiskImage.createQcow2(files.resolve("overlay"), DISK_BYTES);
            qmp(
                    system,
                    "{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"qcow2\",\"node-name\":\"ov\","
                            + "\"backing\":null,\"file\":{\"driver\":\"file\",\"filename\":\""
                            + files.resolve("overlay")
                            + "\"}}}");
            qmp(system, "{\"execute\":\"blockdev-snapshot\",\"arguments\":{\"node\":\"n0\",\"overlay\":\"ov\"}}");
            write(system, "vda", 0x44, 262_144);
            write(system, "vdb", 0x55, 65_536);

            // then vda alone is full, and holds both layers
            JsonNode layered = backUp();
            assertThat(kinds(layered)).containsExactly("FULL", "INCREMENTAL");
            assertHolds(layered, "vda", 0x22, 131_072);
            assertHolds(layered, "vda", 0x44, 262_144);
            assertHolds(layered, "vdb", 0x33, 0);
            assertHolds(layered, "vdb", 0x55, 65_536);

            // and the next stands on it
            write(system, "vda", 0x66, 0);
            JsonNode next = backUp();
            assertThat(kinds(next)).containsExactly("INCREMENTAL", "INCREMENTAL");
            assertHolds(next, "vda", 0x44, 262_144);
            assertHolds(next, "vda", 0x66, 0);
        }
    }

    @Test
    void a_disk_that_is_copied_cannot_be_resized_and_ends_the_backup_with_its_name_when_it_is_unplugged() {
        try (ShortDirectory files = ShortDirectory.create();
                QemuSystem system = scsiMachine(files)) {
            api.done(api.start(
                    "/v1/vms", Map.of("name", vm, "qmp", system.socket().toString())));
            for (int offset = 0; offset < 1 << 20; offset += 65_536) {
                writeTo(system, "vda", 0x11, offset);
            }
            writeTo(system, "vdb", 0x12, 0);
            assertThat(kinds(backUp())).containsExactly("FULL", "FULL");

            // QEMU itself lets nobody resize what it copies, nor a layer on top of that
            JsonNode running = slowFull();
            String overlay =
                    "{\"execute\":\"blockdev-snapshot-sync\",\"arguments\":{\"node-name\":\"n0\",\"snapshot-file\":\""
                            + files.resolve("overlay") + "\",\"snapshot-node-name\":\"ov\"}}";
            assertThatThrownBy(() -> qmp(system, resize("n0"))).hasMessageContaining("resize");
            qmp(system, overlay);
            assertThatThrownBy(() -> qmp(system, resize("ov"))).hasMessageContaining("resize");

            // but it lets a disk be unplugged
            qmp(system, "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"vdb\"}}");
            JsonNode failed = api.failed(running, "CONFIGURATION_CHANGED");
            assertThat(failed.path("error").asString("")).contains("'vdb'", "unplugged");
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(qmp(system, "{\"execute\":\"query-jobs\"}")).isEmpty();
                assertThat(qmp(system, "{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}")
                                .toString())
                        .doesNotContain("\"node-name\":\"tm-", "\"name\":\"tm-tmp-");
            });
            assertThat(kinds(backUp())).containsExactly("FULL");
            writeTo(system, "vda", 0x22, 65_536);
            JsonNode alone = backUp();
            assertThat(kinds(alone)).containsExactly("INCREMENTAL");
            assertHolds(alone, "vda", 0x22, 65_536);
            qmp(
                    system,
                    "{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"scsi-hd\",\"drive\":\"n1\",\"id\":\"vdb\","
                            + "\"share-rw\":true}}");
            JsonNode again = backUp();
            assertThat(kinds(again)).containsExactly("INCREMENTAL", "FULL");
            assertHolds(again, "vdb", 0x12, 0);
            assertHolds(again, "vda", 0x11, 131_072);
        }
    }

    /** A full one that lasts until something happens. */
    private JsonNode slowFull() {
        JsonNode running = api.start(
                "/v1/vms/" + vm + "/backups", Map.of("repo", "default", "kind", "FULL", "bytesPerSecondMax", 4096));
        api.awaitState(running, "RUNNING");
        return running;
    }

    private static String resize(String node) {
        return "{\"execute\":\"block_resize\",\"arguments\":{\"node-name\":\"" + node + "\",\"size\":" + 2 * DISK_BYTES
                + "}}";
    }

    private static void assertConfiguration(JsonNode configuration) {
        JsonNode qemu = configuration.path("qemu");
        assertThat(qemu.path("version").asString("")).isNotBlank();
        assertThat(qemu.path("machine").path("type").asString("")).contains("q35");
        assertThat(qemu.path("machine").path("memoryBytes").asLong(0)).isEqualTo(16L << 20);
        assertThat(configuration
                        .path("disks")
                        .valueStream()
                        .map(disk -> disk.path("device").asString("")))
                .containsExactly("/machine/peripheral/vda/virtio-backend", "/machine/peripheral/vdb/virtio-backend");
        assertThat(configuration.path("disks").path(0).path("virtualSize").asLong(0))
                .isEqualTo(DISK_BYTES);
    }

    private JsonNode backUp() {
        JsonNode done = api.done(api.start("/v1/vms/" + vm + "/backups", Map.of("repo", "default")));
        return api.get("/v1/backups/" + done.path("target").asString(""));
    }

    private static List<String> kinds(JsonNode backup) {
        return backup.path("disks")
                .valueStream()
                .sorted((one, other) -> one.path("disk")
                        .asString("")
                        .compareTo(other.path("disk").asString("")))
                .map(disk -> disk.path("kind").asString(""))
                .toList();
    }

    private void assertHolds(JsonNode backup, String disk, int pattern, int offset) {
        Path to = site.fresh("restored");
        JsonNode done = api.done(api.start(
                "/v1/vms/" + vm + "/restores",
                Map.of("backup", backup.path("id").asString(""), "to", to.toString(), "format", "RAW")));
        for (JsonNode restored : done.path("result").path("disks")) {
            if (restored.path("disk").asString("").equals(disk)) {
                byte[] bytes = Machine.bytes(Path.of(restored.path("file").asString("")));
                byte[] wanted = new byte[65_536];
                Arrays.fill(wanted, (byte) pattern);
                assertThat(Arrays.copyOfRange(bytes, offset, offset + 65_536)).isEqualTo(wanted);
                return;
            }
        }
        throw new AssertionError("disk " + disk + " was not restored");
    }

    private static void write(QemuSystem system, String disk, int pattern, int offset) {
        writeTo(system, "/machine/peripheral/" + disk + "/virtio-backend", pattern, offset);
    }

    private static void writeTo(QemuSystem system, String device, int pattern, int offset) {
        String range = " -P " + pattern + " " + offset + " 65536";
        try (RawMonitor monitor = RawMonitor.connect(system.bystanderSocket())) {
            for (String verb : List.of("write", "read")) {
                String said = monitor.execute("{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":"
                                + "\"qemu-io -d " + device + " \\\"" + verb + range
                                + "\\\"\"}}")
                        .asString("");
                assertThat(said).doesNotContain("failed").doesNotContain("rror");
            }
        }
    }

    private static JsonNode qmp(QemuSystem system, String json) {
        try (RawMonitor monitor = RawMonitor.connect(system.bystanderSocket())) {
            return monitor.execute(json);
        }
    }

    /** On a bus from which a disk is taken without the guest's help. */
    private static QemuSystem scsiMachine(ShortDirectory files) {
        return QemuSystem.startMachine(
                List.of(
                        DiskImage.qcow2Blockdev("n0", DiskImage.createQcow2(files.resolve("0"), DISK_BYTES)),
                        DiskImage.qcow2Blockdev("n1", DiskImage.createQcow2(files.resolve("1"), DISK_BYTES))),
                List.of(
                        "virtio-scsi-pci",
                        "scsi-hd,drive=n0,id=vda,share-rw=on",
                        "scsi-hd,drive=n1,id=vdb,share-rw=on"));
    }

    private static QemuSystem machine(ShortDirectory files) {
        return QemuSystem.startMachine(
                List.of(
                        DiskImage.qcow2Blockdev("n0", DiskImage.createQcow2(files.resolve("0"), DISK_BYTES)),
                        DiskImage.qcow2Blockdev("n1", DiskImage.createQcow2(files.resolve("1"), DISK_BYTES))),
                List.of("virtio-blk-pci,drive=n0,id=vda,share-rw=on", "virtio-blk-pci,drive=n1,id=vdb,share-rw=on"));
    }
}
