package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Somebody other than QEMU is at an image (hazard S8). No bitmap sees it; the gateway has to. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class ImagesIT {
    private final Machine machine = new Machine(2);
    private final Site site;
    private final Client client;

    ImagesIT(Site site) {
        this.site = site;
        client = Client.of(site, machine);
    }

    @BeforeEach
    void one_full_backup() {
        machine.writeGranule("d0", 1);
        client.backUp();
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void a_restart_that_was_watched_stays_incremental() {
        machine.daemon().terminate();
        client.awaitSeen("DOWN");
        machine.daemon().startAgain();
        client.awaitSeen("UP");
        then("INCREMENTAL");
    }

    @Test
    void so_does_each_of_several_that_take_milliseconds() {
        for (int restart = 0; restart < 4; restart++) {
            machine.daemon().terminate();
            machine.daemon().startAgain();
            client.reconcile();
        }
        machine.writeGranule("d0", 3);
        then("INCREMENTAL");
    }

    @Test
    void who_only_reads_the_image_does_no_harm() {
        machine.daemon().terminate();
        client.awaitSeen("DOWN");
        RequiredProgram.QEMU_IMG.run("check", machine.image("d0").toString());
        Machine.bytes(machine.image("d0"));
        machine.daemon().startAgain();
        then("INCREMENTAL");
    }

    @Test
    @Covers({"#28", "S8"})
    void a_write_while_qemu_is_down_makes_the_next_one_full() {
        machine.daemon().terminate();
        client.awaitSeen("DOWN");
        GuestData.of(machine.image("d0"), 1).overwrite();
        machine.daemon().startAgain();
        then("FULL IMAGE_WRITTEN");
    }

    @Test
    @Covers("S8")
    void so_does_one_in_the_very_moment_between_the_end_and_the_start() {
        machine.daemon().terminate();
        GuestData data = GuestData.of(machine.image("d0"), 1);
        machine.daemon().startAgain();
        client.reconcile();
        machine.daemon().terminate();
        data.overwrite();
        machine.daemon().startAgain();
        then("FULL IMAGE_WRITTEN");
    }

    @Test
    @Covers("S8")
    void so_does_one_before_a_run_of_qemu_that_nobody_saw() {
        machine.daemon().terminate();
        GuestData.of(machine.image("d0"), 1).overwrite();
        machine.daemon().startAgain();
        machine.daemon().terminate();
        machine.daemon().startAgain();
        assertThat(client.backUp().kind("d0")).isEqualTo("FULL IMAGE_WRITTEN");
        client.assertEveryBackupRestoresIdentically();
    }

    @Test
    @Covers("S8")
    void a_write_while_qemu_runs_is_found_as_well() {
        machine.daemon().terminate();
        GuestData data = GuestData.of(machine.image("d0"), 1);
        machine.daemon().startAgain();
        client.reconcile();
        data.overwrite();
        then("FULL IMAGE_WRITTEN");
    }

    @Test
    @Covers({"#8", "S4", "S8"})
    void an_image_that_was_exchanged_by_name_makes_the_next_one_full() throws IOException {
        machine.daemon().terminate();
        Path copy = machine.file("copy");
        Files.copy(machine.image("d0"), copy);
        GuestData.of(copy, 1).overwrite();
        Files.move(copy, machine.image("d0"), StandardCopyOption.ATOMIC_MOVE);
        machine.daemon().startAgain();
        then("FULL IMAGE_WRITTEN");
    }

    @Test
    @Covers("S8")
    void nobody_vouches_for_an_image_if_the_gateway_was_away_over_the_restart() {
        machine.daemon().terminate();
        GuestData data = GuestData.of(machine.image("d0"), 1);
        machine.daemon().startAgain();
        client.reconcile();
        site.stop();
        machine.daemon().terminate();
        data.overwrite();
        machine.daemon().startAgain();
        site.start();
        client.awaitSeen("UP");
        assertThat(client.backUp().kind("d0")).isEqualTo("FULL IMAGE_UNWATCHED");
        client.assertEveryBackupRestoresIdentically();
    }

    /**
     * The sabotaged twin, and the known rest: who had the image open for writing before QEMU ended and has it open still is
     * not seen until he closes it. The comparison must then go red, as it would for every case above.
     */
    @Test
    void a_write_that_is_not_seen_turns_the_comparison_red_and_is_found_at_its_end() throws IOException {
        machine.daemon().terminate();
        GuestData data = GuestData.of(machine.image("d0"), 1);
        machine.daemon().startAgain();
        client.reconcile();
        try (RandomAccessFile held = data.open()) {
            machine.daemon().terminate();
            data.overwrite(held);
            machine.daemon().startAgain();
            client.reconcile();
            Made missed = client.backUp();
            assertThat(missed.kind("d0")).isEqualTo("INCREMENTAL");
            assertThat(client.differing(missed, Map.of("backup", missed.id()))).containsExactly("d0");
        }
        assertThat(client.backUp().kind("d0")).isEqualTo("FULL IMAGE_WRITTEN");
    }

    private void then(String d0) {
        Made next = client.backUp();
        assertThat(next.kind("d0")).isEqualTo(d0);
        assertThat(next.kind("d1")).isEqualTo("INCREMENTAL");
        machine.writeGranule("d0", 7);
        assertThat(client.backUp().kind("d0")).isEqualTo("INCREMENTAL");
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }
}
