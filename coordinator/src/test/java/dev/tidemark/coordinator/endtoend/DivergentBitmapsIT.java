package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Somebody else re-makes, removes and copies bitmaps, while QEMU runs and while it is down. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class DivergentBitmapsIT {
    private final Machine machine = new Machine(2);
    private final Site site;
    private final Client client;

    DivergentBitmapsIT(Site site) {
        this.site = site;
        client = new Client(site.api(), machine, site.fresh("restores"));
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    @Covers("#3")
    void a_checkpoint_that_a_stranger_took_from_one_disk_before_anybody_looked_breaks_that_disk() {
        try (LossyWire wire = new LossyWire(machine.socket(), machine.file("wire"))) {
            client.register(wire.socket());
            first();
            wire.loseReplyAfter(() -> {
                // Afterwards the disk looks as if the transaction had never been, and has lost a write.
                String fresh = machine.recording("d1").getFirst();
                machine.bitmapVerb("block-dirty-bitmap-remove", "d1", fresh);
                machine.writeGranule("d1", 30);
                machine.bitmapVerb(
                        "block-dirty-bitmap-enable",
                        "d1",
                        machine.bitmaps("d1").keySet().iterator().next());
            });
            client.checkpoint("c1");
            assertThat(wire.isBroken()).isTrue();
            assertThat(client.breaks()).containsExactly("d1 CHECKPOINT_PARTIAL");
            then("INCREMENTAL", "FULL CHECKPOINT_PARTIAL");
        }
    }

    @Test
    @Covers({"#13", "S7"})
    void a_bitmap_that_was_made_again_with_another_granularity_is_not_ours_any_more() {
        client.register();
        first();
        remake("d0", ",\"persistent\":true,\"granularity\":131072");
        machine.write("d0", 0, 2 << 20);
        then("FULL", "INCREMENTAL");
        assertThat(client.breaks()).singleElement().isIn("d0 GRANULARITY_CHANGED", "d0 BITMAP_INCONSISTENT");
    }

    @Test
    @Covers({"#13", "S7"})
    void a_bitmap_that_was_made_again_as_a_transient_one_is_not_ours_any_more() {
        client.register();
        first();
        remake("d0", "");
        machine.write("d0", 0, 2 << 20);
        then("FULL", "INCREMENTAL");
        assertThat(client.breaks()).singleElement().isIn("d0 BITMAP_NOT_PERSISTENT", "d0 BITMAP_INCONSISTENT");
    }

    @Test
    @Covers({"#11", "S1"})
    void a_disk_that_shrank_was_seen_and_grew_again_is_full() {
        client.register();
        first();
        machine.resize("d0", Machine.DISK_BYTES / 2);
        client.reconcile();
        machine.resize("d0", Machine.DISK_BYTES);
        assertThat(client.breaks()).containsExactly("d0 VIRTUAL_SIZE_CHANGED");
        then("FULL VIRTUAL_SIZE_CHANGED", "INCREMENTAL");
    }

    @Test
    @Covers({"#28", "#6", "absent-as-empty"})
    void a_bitmap_that_a_tool_removed_while_qemu_was_down_is_missing_and_not_empty() {
        client.register();
        first();
        String newest = machine.recording("d0").getFirst();
        machine.daemon().terminate();
        RequiredProgram.QEMU_IMG.run("bitmap", "--remove", machine.image("d0").toString(), newest);
        machine.daemon().startAgain();
        client.awaitSeen("UP");
        then("FULL", "INCREMENTAL");
        assertThat(client.breaks()).isNotEmpty().allMatch(broken -> broken.startsWith("d0 "));
    }

    @Test
    @Covers({"#28", "#6"})
    void an_image_that_was_converted_while_qemu_was_down_has_lost_its_bitmaps() throws IOException {
        client.register();
        first();
        machine.daemon().terminate();
        RequiredProgram.QEMU_IMG.run(
                "convert",
                "-q",
                "-O",
                "qcow2",
                machine.image("d0").toString(),
                machine.file("converted").toString());
        Files.move(machine.file("converted"), machine.image("d0"), StandardCopyOption.REPLACE_EXISTING);
        machine.daemon().startAgain();
        client.awaitSeen("UP");
        then("FULL", "INCREMENTAL");
        assertThat(client.breaks()).isNotEmpty().allMatch(broken -> broken.startsWith("d0 "));
    }

    @Test
    @Covers("#28")
    void what_a_tool_that_knows_bitmaps_wrote_while_qemu_was_down_is_in_the_next_backup() {
        client.register();
        first();
        machine.daemon().terminate();
        String range = " -P 77 1048576 65536";
        assertThat(RequiredProgram.QEMU_IO.run(
                        "-f",
                        "qcow2",
                        "-c",
                        "write" + range,
                        "-c",
                        "read" + range,
                        machine.image("d0").toString()))
                .contains("wrote 65536")
                .doesNotContain("failed");
        machine.daemon().startAgain();
        client.awaitSeen("UP");
        Made next = client.backUp();
        assertThat(next.kind("d1")).isEqualTo("INCREMENTAL");
        thenIncrementalsGoOn();
    }

    @Test
    @Covers({"#27", "#7"})
    void a_clone_has_bitmaps_of_another_machine_and_none_of_them_is_ever_used() throws IOException {
        client.register();
        first();
        String theirs = machine.recording("d0").getFirst();
        machine.daemon().terminate();
        try (Machine clone = new Machine(2)) {
            clone.daemon().terminate();
            for (String disk : clone.disks()) {
                Files.copy(machine.image(disk), clone.image(disk), StandardCopyOption.REPLACE_EXISTING);
            }
            clone.daemon().startAgain();
            machine.daemon().startAgain();
            client.awaitSeen("UP");
            Client second = Client.of(site, clone);
            assertThat(clone.recording("d0")).containsExactly(theirs);
            clone.writeGranule("d0", 40);
            Made full = second.backUp();
            assertThat(full.kind("d0")).startsWith("FULL");
            assertThat(full.kind("d1")).startsWith("FULL");
            assertThat(second.drift()).hasSize(2).containsOnly("UNKNOWN_BITMAP QUARANTINED");
            clone.writeGranule("d0", 41);
            assertThat(second.backUp().kind("d0")).isEqualTo("INCREMENTAL");
            assertThat(clone.bitmaps("d0")).containsKey(theirs);
            second.assertEveryBackupRestoresIdentically();
            second.assertClean(site.repository("default"));
        }
        // and the original goes on as if there were no clone
        then("INCREMENTAL", "INCREMENTAL");
    }

    @Test
    @Covers("#25")
    void a_disk_that_was_unplugged_and_comes_back_is_full_once_its_absence_was_seen() {
        client.register();
        first();
        machine.unplug("d1");
        client.reconcile();
        assertThat(client.breaks()).containsExactly("d1 DISK_GONE");
        String range = " -P 78 0 65536";
        assertThat(RequiredProgram.QEMU_IO.run(
                        "-f",
                        "qcow2",
                        "-c",
                        "write" + range,
                        "-c",
                        "read" + range,
                        machine.image("d1").toString()))
                .contains("wrote 65536")
                .doesNotContain("failed");
        machine.plugAgain("d1");
        then("INCREMENTAL", "FULL DISK_GONE");
    }

    private void first() {
        machine.writeGranule("d0", 1);
        machine.writeGranule("d1", 2);
        client.backUp();
        machine.writeGranule("d0", 3);
        machine.writeGranule("d1", 4);
        client.reconcile();
    }

    private void remake(String disk, String more) {
        String newest = machine.recording(disk).getFirst();
        // Both at once: a look between them would rightly tell a bitmap that is gone.
        String bitmap = "\"node\":\"" + machine.node(disk) + "\",\"name\":\"" + newest + "\"";
        try (RawMonitor stranger = RawMonitor.connect(machine.daemon().bystanderSocket())) {
            stranger.executeTogether(List.of(
                    "{\"execute\":\"block-dirty-bitmap-remove\",\"arguments\":{" + bitmap + "}}",
                    "{\"execute\":\"block-dirty-bitmap-add\",\"arguments\":{" + bitmap + more + "}}"));
        }
    }

    private void then(String d0, String d1) {
        Made next = client.backUp();
        assertThat(next.kind("d0")).startsWith(d0);
        assertThat(next.kind("d1")).startsWith(d1);
        thenIncrementalsGoOn();
    }

    private void thenIncrementalsGoOn() {
        machine.write("d0", 12_345, 678);
        machine.writeGranule("d1", 8);
        Made after = client.backUp();
        assertThat(List.of(after.kind("d0"), after.kind("d1"))).containsExactly("INCREMENTAL", "INCREMENTAL");
        assertThat(client.differing(after, Map.of())).isEmpty();
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }
}
