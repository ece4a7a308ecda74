package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.Covers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Backups that a client reads, with the tools that people use, while the guest writes; and every way in which they end. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class PullIT {
    private static final Duration TIME_MAX = Duration.ofSeconds(60);

    private final FuseMachine machine = new FuseMachine();
    private final Site site;
    private final Api api;
    private final Client client;
    private final Puller puller;

    PullIT(Site site) {
        this.site = site;
        api = site.api();
        client = Client.of(site, machine);
        puller = new Puller(api, machine.file("."));
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void a_full_pull_is_what_was_there_at_its_moment_however_the_guest_writes() {
        machine.write("d0", 0x11, 0, 3 << 20);
        machine.write("d1", 0x12, 512 * 77, 1 << 20);
        Map<String, byte[]> truth = machine.contents();
        JsonNode ready = puller.ready(pull(Map.of()));
        try (FuseWriter guest = new FuseWriter(machine, 7)) {
            guest.awaitWrites(50);
            assertSame(puller.copied(ready), truth);
            guest.awaitWrites(200);
            assertSame(puller.converted(ready), truth);
        }
        assertThat(Arrays.equals(machine.contents().get("d0"), truth.get("d0"))).isFalse();
        api.done(puller.act(ready, "finish"));
        JsonNode finished = puller.now(ready);
        assertThat(finished.path("state").asString("")).isEqualTo("COMPLETED");
        assertThat(finished.path("disks").path(0).path("uri").isNull()).isTrue();
        thenNothingIsLeft();
    }

    @Test
    void a_chain_of_incremental_pulls_applied_by_their_dirty_maps_is_every_moment() {
        Map<String, byte[]> copy = Map.of();
        for (int round = 0; round < 5; round++) {
            try (FuseWriter guest = new FuseWriter(machine, 100 + round)) {
                guest.awaitWrites(5);
            }
            Map<String, byte[]> truth = machine.contents();
            JsonNode ready = puller.ready(pull(Map.of()));
            String kind = round == 0 ? "FULL" : "INCREMENTAL";
            assertThat(kinds(ready)).containsOnly(kind);
            try (FuseWriter guest = new FuseWriter(machine, 200 + round)) {
                guest.awaitWrites(20);
                copy = puller.applied(ready, copy);
            }
            assertSame(copy, truth);
            api.done(puller.act(ready, "finish"));
        }
        thenNothingIsLeft();
    }

    @Test
    void what_was_pulled_is_no_base_for_a_push_and_what_was_pushed_none_for_a_pull() {
        machine.write("d0", 0x11, 0, 1 << 20);
        // given a push
        Client.Made pushed = client.backUp();
        // when the first pull comes after it
        Map<String, byte[]> truth = machine.contents();
        JsonNode first = puller.ready(pull(Map.of()));
        assertThat(kinds(first)).containsOnly("FULL");
        assertSame(puller.copied(first), truth);
        api.done(puller.act(first, "finish"));
        // then the next of either kind stands on the last of its own, over the other's checkpoint
        machine.write("d0", 0x22, 65_536 * 3L, 65_536);
        Client.Made next = client.backUp();
        assertThat(next.kind("d0")).isEqualTo("INCREMENTAL");
        assertThat(next.disk("d0").path("parent").asString("")).isEqualTo(pushed.id());
        machine.write("d0", 0x33, 65_536 * 9L, 65_536);
        truth = machine.contents();
        JsonNode second = puller.ready(pull(Map.of()));
        assertThat(kinds(second)).containsOnly("INCREMENTAL");
        assertThat(second.path("disks").path(0).path("parent").asString(""))
                .isEqualTo(first.path("id").asString("?"));
        assertSame(puller.copied(second), truth);
        api.done(puller.act(second, "finish"));
        client.assertEveryBackupRestoresIdentically();
        thenNothingIsLeft();
    }

    @Test
    void a_pull_cannot_be_restored_or_verified_here() {
        JsonNode ready = puller.ready(pull(Map.of()));
        api.done(puller.act(ready, "finish"));
        Api.Answer verified = api.post("/v1/backups/" + ready.path("id").asString("") + "/verify", Map.of());
        assertThat(verified.status()).isEqualTo(409);
        assertThat(verified.text("code")).isEqualTo("BACKUP_NOT_STORED");
        Api.Answer restored = api.post(client.path("/restores"), Map.of("to", "/nowhere"));
        assertThat(restored.text("code")).isEqualTo("BACKUP_NOT_FOUND");
    }

    @Test
    void an_abort_ends_it_and_the_bits_are_kept() {
        machine.write("d0", 0x11, 0, 1 << 20);
        Map<String, byte[]> copy = finished(Map.of());
        machine.write("d0", 0x22, 65_536, 65_536);
        JsonNode ready = puller.ready(pull(Map.of()));
        api.done(puller.act(ready, "abort"));
        assertThat(puller.now(ready).path("state").asString("")).isEqualTo("ABORTED");
        thenNothingIsLeft();
        machine.write("d0", 0x33, 65_536 * 8L, 65_536);
        thenTheNextIsIncrementalUpon(copy);
    }

    @Test
    void a_lease_that_is_over_ends_it() {
        JsonNode ready = puller.ready(pull(Map.of("leaseSeconds", 4)));
        awaitState(ready, "FAILED");
        assertThat(puller.now(ready).path("code").asString("")).isEqualTo("LEASE_EXPIRED");
        assertThat(api.post("/v1/backups/" + ready.path("id").asString("") + "/finish", Map.of())
                        .text("code"))
                .isEqualTo("NOT_READY");
        thenNothingIsLeft();
    }

    @Test
    void a_deadline_that_passes_while_its_client_reads_ends_it_and_the_bits_are_kept() {
        machine.write("d0", 0x11, 0, 1 << 20);
        Map<String, byte[]> copy = finished(Map.of());
        machine.write("d0", 0x22, 65_536, 65_536);
        JsonNode ready = puller.ready(pull(Map.of("deadlineSeconds", 6)));
        awaitState(ready, "FAILED");
        assertThat(puller.now(ready).path("code").asString("")).isEqualTo("DEADLINE_PASSED");
        thenNothingIsLeft();
        machine.write("d0", 0x33, 65_536 * 8L, 65_536);
        thenTheNextIsIncrementalUpon(copy);
    }

    @Test
    void scratch_that_outgrows_its_limit_ends_the_backup_and_never_the_guests_writes() {
        machine.write("d0", 0x11, 0, FuseMachine.DISK_BYTES);
        Map<String, byte[]> copy = finished(Map.of());
        JsonNode ready = puller.ready(pull(Map.of("scratchBytesMax", 1 << 20, "kind", "FULL")));
        try (FuseWriter guest = new FuseWriter(machine, 3)) {
            awaitState(ready, "FAILED");
            guest.awaitWrites(50);
        }
        assertThat(puller.now(ready).path("code").asString("")).isEqualTo("SCRATCH_FULL");
        thenNothingIsLeft();
        thenTheNextIsIncrementalUpon(copy);
    }

    @Test
    void a_server_of_somebody_else_is_left_alone_and_nothing_is_begun() {
        Path theirs = machine.file("theirs.nbd");
        machine.qmp("{\"execute\":\"nbd-server-start\",\"arguments\":{\"addr\":{\"type\":\"unix\",\"data\":{\"path\":\""
                + theirs + "\"}}}}");
        JsonNode failed = api.failed(pull(Map.of()), "EXPORT_SERVER_REFUSED");
        assertThat(failed.path("error").asString("")).contains("already running");
        assertThat(client.events("checkpoint-created")).isEmpty();
        assertThat(machine.bitmaps("d0")).isEmpty();
        assertThat(serverRuns()).isTrue();
        assertThat(theirs).exists();
        client.assertClean(site.repository("default"));
    }

    @Test
    @Covers("#23")
    void a_job_that_somebody_cancels_makes_the_backup_none_whatever_its_client_says() {
        JsonNode ready = puller.ready(pull(Map.of()));
        String job = jobs().getFirst();
        machine.qmp("{\"execute\":\"job-cancel\",\"arguments\":{\"id\":\"" + job + "\"}}");
        machine.write("d0", 0x55, 0, 65_536);
        // The client may be quicker than the look, and is not believed.
        api.post("/v1/backups/" + ready.path("id").asString("") + "/finish", Map.of());
        awaitState(ready, "FAILED");
        assertThat(puller.now(ready).path("code").asString("")).isEqualTo("JOB_FAILED");
        assertThat(client.events("backup-pulled")).isEmpty();
        thenNothingIsLeft();
    }

    @Test
    void an_export_that_somebody_ends_makes_the_backup_none() {
        JsonNode ready = puller.ready(pull(Map.of()));
        String export = exports().getFirst();
        machine.qmp("{\"execute\":\"block-export-del\",\"arguments\":{\"id\":\"" + export + "\",\"mode\":\"hard\"}}");
        client.reconciliation();
        awaitState(ready, "FAILED");
        assertThat(puller.now(ready).path("code").asString("")).isEqualTo("EXPORT_GONE");
        thenNothingIsLeft();
    }

    @Test
    void a_coordinator_that_is_restarted_finds_it_ready_and_it_is_still_that_moment() {
        machine.write("d0", 0x11, 0, 1 << 20);
        Map<String, byte[]> truth = machine.contents();
        JsonNode ready = puller.ready(pull(Map.of()));
        site.stop();
        machine.write("d0", 0x22, 0, 2 << 20);
        assertSame(puller.copied(ready), truth);
        site.start();
        client.awaitSeen("UP");
        machine.write("d1", 0x33, 0, 2 << 20);
        JsonNode found = puller.now(ready);
        assertThat(found.path("state").asString("")).isEqualTo("READY");
        assertThat(found.path("disks")).isEqualTo(ready.path("disks"));
        assertSame(puller.copied(found), truth);
        api.done(puller.act(ready, "finish"));
        thenNothingIsLeft();
    }

    @Test
    void a_qemu_that_dies_takes_it_along() {
        machine.write("d0", 0x11, 0, 1 << 20);
        JsonNode ready = puller.ready(pull(Map.of()));
        machine.daemon().kill();
        machine.daemon().startAgain();
        awaitState(ready, "FAILED");
        assertThat(puller.now(ready).path("code").asString("")).isEqualTo("JOB_GONE");
        JsonNode next = puller.ready(pull(Map.of()));
        assertThat(kinds(next)).containsOnly("FULL");
        assertSame(puller.copied(next), machine.contents());
        api.done(puller.act(next, "finish"));
        thenNothingIsLeft();
    }

    private JsonNode pull(Map<String, ?> more) {
        Map<String, Object> body = new LinkedHashMap<>(Map.of("mode", "PULL"));
        body.putAll(more);
        return client.startBackup(body);
    }

    private Map<String, byte[]> finished(Map<String, ?> more) {
        Map<String, byte[]> truth = machine.contents();
        JsonNode ready = puller.ready(pull(more));
        Map<String, byte[]> copy = puller.copied(ready);
        assertSame(copy, truth);
        api.done(puller.act(ready, "finish"));
        return copy;
    }

    private void thenTheNextIsIncrementalUpon(Map<String, byte[]> copy) {
        Map<String, byte[]> truth = machine.contents();
        JsonNode next = puller.ready(pull(Map.of()));
        assertThat(kinds(next)).containsOnly("INCREMENTAL");
        assertSame(puller.applied(next, copy), truth);
        api.done(puller.act(next, "finish"));
        thenNothingIsLeft();
    }

    /** Asked of QEMU itself. */
    private void thenNothingIsLeft() {
        client.assertClean(site.repository("default"));
        Awaitility.await().atMost(TIME_MAX).untilAsserted(() -> {
            assertThat(machine.qmp("{\"execute\":\"query-jobs\"}")).isEmpty();
            assertThat(exports()).isEmpty();
            assertThat(serverRuns()).isFalse();
        });
        assertThat(client.drift()).isEmpty();
    }

    /** One that can be started was not running; it is stopped again. */
    private boolean serverRuns() {
        try {
            machine.qmp(
                    "{\"execute\":\"nbd-server-start\",\"arguments\":{\"addr\":{\"type\":\"unix\",\"data\":{\"path\":\""
                            + machine.file("probe.nbd") + "\"}}}}");
            machine.qmp("{\"execute\":\"nbd-server-stop\"}");
            return false;
        } catch (AssertionError running) {
            return true;
        }
    }

    private List<String> exports() {
        return machine.qmp("{\"execute\":\"query-block-exports\"}")
                .valueStream()
                .map(export -> export.path("id").asString(""))
                .filter(id -> id.startsWith("tm-"))
                .toList();
    }

    private List<String> jobs() {
        return machine.qmp("{\"execute\":\"query-jobs\"}")
                .valueStream()
                .map(job -> job.path("id").asString(""))
                .toList();
    }

    private static List<String> kinds(JsonNode backup) {
        return backup.path("disks")
                .valueStream()
                .map(disk -> disk.path("kind").asString(""))
                .toList();
    }

    private void awaitState(JsonNode backup, String state) {
        Awaitility.await()
                .atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> puller.now(backup).path("state").asString("").equals(state));
    }

    private static void assertSame(Map<String, byte[]> read, Map<String, byte[]> truth) {
        assertThat(read.keySet()).isEqualTo(truth.keySet());
        read.forEach((disk, bytes) -> assertThat(Arrays.equals(bytes, truth.get(disk)))
                .as("disk %s", disk)
                .isTrue());
    }
}
