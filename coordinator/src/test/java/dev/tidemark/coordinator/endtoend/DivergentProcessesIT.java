package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.FakeGuestAgent;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Who answers on the socket, and who does not: another process, a source that the guest has left, a held monitor. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class DivergentProcessesIT {
    private final Site site;

    DivergentProcessesIT(Site site) {
        this.site = site;
    }

    @Test
    @Covers("#16")
    void a_new_qemu_on_the_same_socket_is_told_by_its_process_and_start() {
        try (Machine machine = new Machine(1)) {
            Client client = Client.of(site, machine);
            machine.daemon().terminate();
            machine.daemon().startAgain();
            client.awaitSeen("UP");
            client.reconcile();
            List<JsonNode> seen = client.events("machine-observed");
            assertThat(seen.stream().map(event -> event.path("data").path("qemu")))
                    .hasSize(2)
                    .doesNotHaveDuplicates();
            assertThat(seen.getLast()
                            .path("data")
                            .path("qemu")
                            .path("processId")
                            .asLong(-1))
                    .isEqualTo(machine.daemon().pid());
            assertThat(seen.getLast()
                            .path("data")
                            .path("qemu")
                            .path("processStartedAtTicks")
                            .asLong(-1))
                    .isPositive();
        }
    }

    @Test
    @Covers("#26")
    void a_source_that_the_guest_has_left_says_yes_to_everything_and_is_asked_for_nothing() {
        try (Guest guest = new Guest()) {
            Client client = Client.of(site, guest);
            guest.writeGranule("vda", 1);
            client.backUp();
            guest.writeGranule("vda", 2);
            // when the guest leaves for a file
            guest.beQuiet();
            guest.qmp("{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"exec:cat > " + guest.file("state") + "\"}}");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> guest.qmp("{\"execute\":\"query-status\"}")
                            .path("status")
                            .asString("")
                            .equals("postmigrate"));
            // then neither a checkpoint nor a backup is made of what stayed behind, although QEMU would
            JsonNode checkpoint = site.api().start(client.path("/checkpoints"), Map.of("name", "c"));
            site.api().failed(checkpoint, "UNSUPPORTED");
            site.api().failed(client.startBackup(Map.of()), "UNSUPPORTED");
            assertThat(guest.bitmaps("vda"))
                    .doesNotContainKey("tm-" + checkpoint.path("target").asString("?"));
            assertThat(client.breaks()).isEmpty();
            guest.addBitmap("vda", "a-strangers", ",\"persistent\":true");
            // and where the guest runs now, the chain goes on
            guest.system().kill();
            guest.system().startAgain();
            guest.serve();
            client.awaitSeen("UP");
            guest.writeGranule("vda", 3);
            assertThat(client.backUp().kind("vdb")).isEqualTo("INCREMENTAL");
            client.assertEveryBackupRestoresIdentically();
            client.assertClean(site.repository("default"));
        }
    }

    @Test
    @Covers("#29")
    void a_guest_that_somebody_left_frozen_is_told_and_not_thawed_by_us() {
        try (Machine machine = new Machine(1);
                FakeGuestAgent agent = FakeGuestAgent.inState(machine.file("ga"), "frozen")) {
            Client client = new Client(site.api(), machine, site.fresh("restores"));
            site.api()
                    .done(site.api()
                            .start(
                                    "/v1/vms",
                                    Map.of(
                                            "name",
                                            client.vm(),
                                            "qmp",
                                            machine.socket().toString(),
                                            "qga",
                                            machine.file("ga").toString())));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> client.drift().equals(List.of("GUEST_FROZEN REPORTED")));
            assertThat(client.reconcile().toString()).contains("GUEST_FROZEN");
            machine.writeGranule("d0", 1);
            client.backUp();
            assertThat(client.drift()).hasSize(1);
            assertThat(agent.heard())
                    .isNotEmpty()
                    .allMatch(line -> line.contains("guest-sync-delimited") || line.contains("guest-fsfreeze-status"));
            client.assertEveryBackupRestoresIdentically();
        }
    }

    @Test
    @Covers("#30")
    void a_monitor_that_somebody_else_holds_is_waited_for_and_nothing_is_concluded() {
        try (Machine machine = new Machine(1)) {
            Client client = Client.of(site, machine);
            machine.writeGranule("d0", 1);
            client.backUp();
            site.stop();
            JsonNode wish;
            try (RawMonitor holder = RawMonitor.connect(machine.socket())) {
                site.start();
                wish = site.api().start(client.path("/checkpoints"), Map.of("name", "c"));
                client.awaitSeen("UNKNOWN");
                assertThat(site.api()
                                .get("/v1/operations/" + wish.path("id").asString(""))
                                .path("state")
                                .asString(""))
                        .isEqualTo("PENDING");
                assertThat(holder.execute("{\"execute\":\"query-jobs\"}").size())
                        .isZero();
                machine.writeGranule("d0", 2);
            }
            site.api().done(wish);
            assertThat(client.breaks()).isEmpty();
            machine.writeGranule("d0", 3);
            assertThat(client.backUp().kind("d0")).isEqualTo("INCREMENTAL");
            client.assertEveryBackupRestoresIdentically();
            client.assertClean(site.repository("default"));
        }
    }

    @Test
    @Covers({"#31", "#6"})
    void an_image_that_was_full_at_the_close_has_lost_its_bitmaps_whatever_the_exit_code_said() throws IOException {
        try (ShortDirectory files = ShortDirectory.create()) {
            Path small = Files.createDirectory(files.resolve("small"));
            Mounts.tmpfs(small, "size=3m");
            try (Machine machine = new Machine(1, small)) {
                Client client = Client.of(site, machine);
                machine.writeGranule("d0", 1);
                client.backUp();
                machine.writeGranule("d0", 2);
                Mounts.fill(small.resolve("filler"));
                machine.daemon().terminate();
                assertThat(machine.daemon().output()).contains("Lost persistent bitmaps");
                Files.delete(small.resolve("filler"));
                machine.daemon().startAgain();
                client.awaitSeen("UP");
                machine.writeGranule("d0", 3);
                Made next = client.backUp();
                assertThat(next.kind("d0")).isEqualTo("FULL BITMAP_MISSING");
                assertThat(client.breaks()).containsExactly("d0 BITMAP_MISSING");
                machine.writeGranule("d0", 4);
                assertThat(client.backUp().kind("d0")).isEqualTo("INCREMENTAL");
                client.assertEveryBackupRestoresIdentically();
                client.assertClean(site.repository("default"));
            } finally {
                Mounts.release(small);
            }
        }
    }
}
