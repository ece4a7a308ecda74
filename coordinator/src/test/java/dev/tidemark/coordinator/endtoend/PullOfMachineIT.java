package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.QemuSystem;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** A pull backup of a real machine with a device, whose disk has other names than its node. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class PullOfMachineIT {
    private static final int DISK_BYTES = 4 << 20;

    private final Api api;
    private final String vm = Site.freshName();

    /** What the guest has written: kept by the test, because nobody else may read the disk meanwhile. */
    private final byte[] written = new byte[DISK_BYTES];

    PullOfMachineIT(Site site) {
        api = site.api();
    }

    @Test
    void a_full_and_an_incremental_pull_of_a_running_machine_hold_their_moments() {
        try (ShortDirectory files = ShortDirectory.create();
                QemuSystem system = QemuSystem.startMachine(
                        List.of(DiskImage.qcow2Blockdev("n0", DiskImage.createQcow2(files.resolve("0"), DISK_BYTES))),
                        List.of("virtio-blk-pci,drive=n0,id=vda"))) {
            Puller puller = new Puller(api, files.path());
            api.done(api.start(
                    "/v1/vms", Map.of("name", vm, "qmp", system.socket().toString())));
            write(system, 0x11, 0, 1 << 20);
            byte[] atFull = written.clone();
            JsonNode full = puller.ready(pull());
            write(system, 0x22, 1 << 19, 1 << 20);
            byte[] read = puller.copied(full).get("vda");
            assertThat(Arrays.equals(read, atFull)).isTrue();
            api.done(puller.act(full, "finish"));

            write(system, 0x33, 3 << 20, 65_536);
            byte[] atIncremental = written.clone();
            JsonNode incremental = puller.ready(pull());
            assertThat(incremental.path("disks").path(0).path("kind").asString(""))
                    .isEqualTo("INCREMENTAL");
            write(system, 0x44, 0, 1 << 20);
            byte[] applied = puller.applied(incremental, Map.of("vda", atFull)).get("vda");
            assertThat(Arrays.equals(applied, atIncremental)).isTrue();
            api.done(puller.act(incremental, "finish"));
            Awaitility.await().untilAsserted(() -> {
                try (RawMonitor monitor = RawMonitor.connect(system.bystanderSocket())) {
                    assertThat(monitor.execute("{\"execute\":\"query-jobs\"}")).isEmpty();
                    assertThat(monitor.execute("{\"execute\":\"query-block-exports\"}"))
                            .isEmpty();
                    assertThat(monitor.execute(Bystander.NODES).toString())
                            .doesNotContain("\"node-name\":\"tm-")
                            .doesNotContain("tm-tmp-");
                }
            });
        }
    }

    private JsonNode pull() {
        return api.start("/v1/vms/" + vm + "/backups", Map.of("repo", "default", "mode", "PULL"));
    }

    private void write(QemuSystem system, int pattern, int offset, int length) {
        String range = " -P " + pattern + " " + offset + " " + length;
        try (RawMonitor monitor = RawMonitor.connect(system.bystanderSocket())) {
            for (String verb : List.of("write", "read")) {
                String said = monitor.execute("{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":"
                                + "\"qemu-io -d /machine/peripheral/vda/virtio-backend \\\"" + verb + range
                                + "\\\"\"}}")
                        .asString("");
                assertThat(said).doesNotContain("failed").doesNotContain("rror");
            }
        }
        Arrays.fill(written, offset, offset + length, (byte) pattern);
    }
}
