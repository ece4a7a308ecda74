package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.gateway.qmp.QmpLimits;
import dev.tidemark.gateway.qmp.QmpSession;
import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.QemuSystem;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.event.MachineFacts;
import dev.tidemark.schema.id.DiskName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Disks of a machine with devices. */
@Timeout(300)
class MachineIT {
    private static final long DISK_BYTES = 8L << 20;
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void a_disk_is_named_by_its_device_and_found_through_filters_and_on_top_of_snapshots() throws Exception {
        try (ShortDirectory files = ShortDirectory.create();
                QemuSystem system = machine(files)) {
            try (RawMonitor bystander = RawMonitor.connect(system.bystanderSocket());
                    QmpSession session = QmpSession.open(
                            system.socket(), files.resolve("locks"), QmpLimits.defaults(), event -> {})) {
                Observer observer = Observer.of(session, LONG);
                bystander.execute(
                        "{\"execute\":\"transaction\",\"arguments\":{\"actions\":[{\"type\":"
                                + "\"block-dirty-bitmap-add\",\"data\":{\"node\":\"n0\",\"name\":\"tm-x\",\"persistent\":true}}]}}");
                Look before = observer.look(List.of());
                assertThat(before.observed().runState()).isIn("prelaunch", "paused");
                assertThat(before.facts().keySet()).extracting(DiskName::value).containsExactly("vda", "vdb");
                assertThat(before.observed().unaddressableDisks())
                        .singleElement()
                        .asString()
                        .startsWith("/machine/peripheral-anon");
                assertThat(bitmaps(before)).containsExactly("tm-x");
                MachineFacts machine = before.observed().qemu().machine().orElseThrow();
                assertThat(machine.type().orElseThrow()).contains("q35");
                assertThat(machine.name()).contains("testkit");
                assertThat(machine.uuid()).isEmpty();
                assertThat(machine.kvm()).isPresent();
                assertThat(machine.processors()).hasValue(1);
                assertThat(machine.memoryBytes()).hasValue(16L << 20);
                assertThat(before.facts().get(new DiskName("vda")))
                        .extracting(facts -> facts.device().orElseThrow())
                        .isEqualTo("/machine/peripheral/vda/virtio-backend");

                DiskImage.createQcow2(files.resolve("target"), DISK_BYTES);
                bystander.execute("{\"execute\":\"blockdev-add\",\"arguments\":"
                        + DiskImage.qcow2Blockdev("target", files.resolve("target")) + "}");
                bystander.execute(
                        "{\"execute\":\"blockdev-backup\",\"arguments\":{\"job-id\":\"job\",\"device\":\"n0\","
                                + "\"target\":\"target\",\"sync\":\"none\"}}");
                Look during = observer.look(List.of());
                assertThat(during.nodes()).containsEntry(new DiskName("vda"), "n0");
                assertThat(bitmaps(during)).containsExactly("tm-x");
                assertThat(during.fingerprint()).isEqualTo(before.fingerprint());
                bystander.execute("{\"execute\":\"job-cancel\",\"arguments\":{\"id\":\"job\"}}");
                await().atMost(LONG)
                        .until(() -> bystander
                                .execute("{\"execute\":\"query-block-jobs\"}")
                                .isEmpty());

                DiskImage.createQcow2(files.resolve("overlay"), DISK_BYTES);
                bystander.execute(
                        "{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"qcow2\",\"node-name\":\"ov\","
                                + "\"backing\":null,\"file\":{\"driver\":\"file\",\"filename\":\""
                                + files.resolve("overlay")
                                + "\"}}}");
                bystander.execute(
                        "{\"execute\":\"blockdev-snapshot\",\"arguments\":{\"node\":\"n0\",\"overlay\":\"ov\"}}");
                Look after = observer.look(List.of());
                ObservedDisk disk = after.disk(new DiskName("vda")).orElseThrow();
                assertThat(disk.facts().node()).isEqualTo("ov");
                assertThat(disk.facts().backingDepth()).isEqualTo(1);
                assertThat(disk.facts().file())
                        .isEqualTo(files.resolve("overlay").toString());
                assertThat(disk.bitmaps()).isEmpty();
            }
        }
    }

    private static List<String> bitmaps(Look look) {
        return look.disk(new DiskName("vda")).orElseThrow().bitmaps().stream()
                .flatMap(bitmap -> bitmap.name().stream())
                .toList();
    }

    private static QemuSystem machine(ShortDirectory files) {
        for (String name : List.of("0", "1", "2", "3")) {
            DiskImage.createQcow2(files.resolve(name), DISK_BYTES);
        }
        return QemuSystem.startMachine(
                List.of(
                        DiskImage.qcow2Blockdev("n0", files.resolve("0")),
                        DiskImage.qcow2Blockdev("n1", files.resolve("1")),
                        DiskImage.qcow2Blockdev("n2", files.resolve("2")),
                        DiskImage.qcow2Blockdev("n3", files.resolve("3"))),
                List.of(
                        "virtio-blk-pci,drive=n0,id=vda,share-rw=on",
                        "virtio-blk-pci,drive=n1,id=vdb",
                        "virtio-blk-pci,drive=n2",
                        "ide-cd,drive=n3,id=cd"));
    }
}
