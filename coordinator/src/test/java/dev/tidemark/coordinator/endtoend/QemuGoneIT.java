package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.Covers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** QEMU ends, well or badly, and comes back. Divergences 5 to 8 and 28 of qemu-facts §11.1. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class QemuGoneIT {
    private final Machine machine = new Machine(2);
    private final Site site;
    private final Client client;

    QemuGoneIT(Site site) {
        this.site = site;
        client = Client.of(site, machine);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    @Covers({"#6", "absent-as-empty"})
    void bitmaps_that_were_never_stored_are_gone_after_a_kill_and_the_backup_is_full() {
        machine.writeGranule("d0", 1);
        client.backUp();
        machine.daemon().kill();
        machine.daemon().startAgain();
        machine.writeGranule("d1", 9);
        client.reconcile();
        assertThat(client.chain("d0").path("cause").asString("")).isEqualTo("BITMAP_MISSING");
        assertThat(client.events("chain-broken")).hasSize(2);
        thenFull("BITMAP_MISSING");
    }

    @Test
    @Covers("#5")
    void bitmaps_that_were_stored_are_inconsistent_after_a_kill_and_are_removed() {
        machine.writeGranule("d0", 1);
        JsonNode old = client.backUp().backup();
        machine.daemon().terminate();
        machine.daemon().startAgain();
        machine.writeGranule("d0", 3);
        client.reconcile();
        machine.daemon().kill();
        machine.daemon().startAgain();
        machine.writeGranule("d1", 9);
        client.reconcile();
        assertThat(client.chain("d1").path("cause").asString("")).isEqualTo("BITMAP_INCONSISTENT");
        assertThat(machine.bitmaps("d0"))
                .doesNotContainKey("tm-" + old.path("checkpoint").asString("?"));
        thenFull("BITMAP_INCONSISTENT");
    }

    @Test
    void a_clean_end_keeps_the_chain_and_the_next_is_incremental() {
        machine.writeGranule("d0", 1);
        client.backUp();
        machine.writeGranule("d0", 2);
        machine.daemon().terminate();
        machine.daemon().startAgain();
        machine.writeGranule("d1", 4);
        client.reconcile();
        Made next = client.backUp();
        assertThat(next.kind("d0")).isEqualTo("INCREMENTAL");
        assertThat(next.kind("d1")).isEqualTo("INCREMENTAL");
        then();
    }

    @Test
    @Covers({"#7", "#8", "S4"})
    void an_image_rolled_back_to_before_a_deletion_breaks_its_chain_only() throws IOException {
        client.backUp();
        client.checkpoint("c1");
        client.checkpoint("c2");
        machine.daemon().terminate();
        Files.copy(machine.image("d0"), machine.file("copy"));
        machine.daemon().startAgain();
        client.reconcile();
        client.delete("c1");
        machine.writeGranule("d0", 5);
        machine.writeGranule("d1", 6);
        machine.daemon().terminate();
        Files.copy(machine.file("copy"), machine.image("d0"), StandardCopyOption.REPLACE_EXISTING);
        machine.daemon().startAgain();
        machine.writeGranule("d0", 7);
        client.reconcile();
        Made next = client.backUp();
        assertThat(next.kind("d0")).isEqualTo("FULL DELETED_BITMAP_REAPPEARED");
        assertThat(next.kind("d1")).isEqualTo("INCREMENTAL");
        then();
    }

    @Test
    @Covers({"#8", "S4"})
    void an_image_rolled_back_to_before_the_newest_checkpoint_breaks_its_chain() throws IOException {
        client.backUp();
        machine.daemon().terminate();
        Files.copy(machine.image("d0"), machine.file("copy"));
        machine.daemon().startAgain();
        client.reconcile();
        machine.writeGranule("d0", 5);
        client.backUp();
        machine.daemon().terminate();
        Files.copy(machine.file("copy"), machine.image("d0"), StandardCopyOption.REPLACE_EXISTING);
        machine.daemon().startAgain();
        client.reconcile();
        Made next = client.backUp();
        assertThat(next.kind("d0")).isEqualTo("FULL BITMAP_MISSING");
        assertThat(next.kind("d1")).isEqualTo("INCREMENTAL");
        then();
    }

    @Test
    void a_coordinator_that_starts_while_qemu_is_down_cannot_vouch_for_the_images_and_the_next_is_full() {
        machine.writeGranule("d0", 1);
        client.backUp();
        machine.writeGranule("d0", 2);
        machine.daemon().terminate();
        site.restart();
        client.awaitSeen("DOWN");
        machine.daemon().startAgain();
        client.awaitSeen("UP");
        machine.writeGranule("d0", 3);
        thenFull("IMAGE_UNWATCHED");
    }

    @Test
    void a_coordinator_that_is_restarted_while_qemu_runs_takes_up_the_chain() {
        machine.writeGranule("d0", 1);
        client.backUp();
        machine.writeGranule("d0", 2);
        site.restart();
        // Not only by the gateway before: whoever has not looked yet watches no image.
        client.reconcile();
        machine.daemon().terminate();
        machine.daemon().startAgain();
        machine.writeGranule("d0", 3);
        client.reconcile();
        assertThat(client.backUp().kind("d0")).isEqualTo("INCREMENTAL");
        then();
    }

    @Test
    void a_checkpoint_asked_for_while_qemu_is_down_fails_in_bounded_time_and_leaves_nothing() {
        client.backUp();
        machine.daemon().terminate();
        client.awaitSeen("DOWN");
        site.api().failed(site.api().start(client.path("/checkpoints"), Map.of("name", "c")), "MACHINE_UNAVAILABLE");
        machine.daemon().startAgain();
        client.awaitSeen("UP");
        machine.writeGranule("d0", 3);
        assertThat(client.backUp().kind("d0")).isEqualTo("INCREMENTAL");
        then();
    }

    private void thenFull(String cause) {
        Made full = client.backUp();
        assertThat(full.kind("d0")).isEqualTo("FULL " + cause);
        assertThat(full.kind("d1")).isEqualTo("FULL " + cause);
        machine.write("d0", 70_000, 100);
        assertThat(client.backUp().kind("d0")).isEqualTo("INCREMENTAL");
        then();
    }

    private void then() {
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }
}
