package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.Covers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What may be asked of a chain: checkpoints that go, backups of every kind, restores at every point. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class ChainsIT {
    private Machine machine = new Machine(2);
    private final Site site;
    private Client client;

    ChainsIT(Site site) {
        this.site = site;
        client = Client.of(site, machine);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whichever_checkpoint_goes_incrementals_since_the_others_hold_everything(int deleted) {
        List<String> names = List.of("a", "b", "c");
        for (int index = 0; index < 3; index++) {
            machine.writeGranule("d0", index);
            client.backUp(Map.of("checkpoint", names.get(index)));
            machine.writeGranule("d0", 10 + index);
            machine.write("d1", 100_000L * index, 5000);
        }
        client.delete(names.get(deleted));
        machine.writeGranule("d0", 30);
        for (String since : names) {
            if (!since.equals(names.get(deleted))) {
                machine.write("d1", 2_000_000, 4096);
                Made made = client.backUp(Map.of("since", since, "noCheckpoint", true));
                assertThat(made.kind("d0")).isEqualTo("INCREMENTAL");
            }
        }
        assertThat(client.backUp().kind("d1")).isEqualTo("INCREMENTAL");
        then();
    }

    @Test
    void without_its_only_checkpoint_the_next_backup_is_full() {
        client.backUp(Map.of("checkpoint", "only"));
        client.delete("only");
        assertThat(machine.bitmaps("d0")).isEmpty();
        machine.writeGranule("d0", 3);
        assertThat(client.backUp().kind("d0")).startsWith("FULL");
        then();
    }

    @Test
    void two_repositories_have_chains_of_their_own() {
        machine.writeGranule("d0", 1);
        assertThat(client.backUp().kind("d0")).isEqualTo("FULL NO_BACKUP_IN_REPOSITORY");
        machine.writeGranule("d0", 2);
        Map<String, String> second = Map.of("repo", "second");
        assertThat(client.backUp(second).kind("d0")).isEqualTo("FULL NO_BACKUP_IN_REPOSITORY");
        machine.writeGranule("d0", 3);
        Made first = client.backUp();
        assertThat(first.kind("d0")).isEqualTo("INCREMENTAL");
        assertThat(first.disk("d0").path("bytes").asLong(0)).isEqualTo(2L * Machine.GRANULE + Machine.CANARY);
        machine.writeGranule("d0", 4);
        assertThat(client.backUp(second).kind("d0")).isEqualTo("INCREMENTAL");
        then();
        client.assertClean(site.repository("second"));
    }

    @Test
    void a_full_backup_on_demand_starts_anew_and_later_ones_stand_on_it() {
        client.backUp();
        machine.writeGranule("d0", 2);
        Made full = client.backUp(Map.of("kind", "FULL"));
        assertThat(full.kind("d0")).isEqualTo("FULL REQUESTED");
        machine.writeGranule("d0", 3);
        Made next = client.backUp();
        assertThat(next.disk("d0").path("parent").asString("")).isEqualTo(full.id());
        then();
    }

    @Test
    void a_checkpoint_without_a_backup_is_no_base() {
        Made first = client.backUp();
        machine.writeGranule("d0", 2);
        client.checkpoint("later");
        machine.writeGranule("d0", 3);
        Made next = client.backUp();
        assertThat(next.disk("d0").path("parent").asString("")).isEqualTo(first.id());
        assertThat(next.disk("d0").path("bytes").asLong(0)).isEqualTo(2L * Machine.GRANULE + Machine.CANARY);
        Api.Answer since = site.api().post(client.path("/backups"), Map.of("repo", "default", "since", "later"));
        assertThat(since.status()).isEqualTo(409);
        assertThat(since.text("code")).isEqualTo("FULL_REQUIRED");
        then();
    }

    @Test
    void a_backup_of_some_disks_leaves_the_others_chains_alone() {
        client.backUp();
        machine.writeGranule("d0", 2);
        machine.writeGranule("d1", 3);
        Made some = client.backUp(Map.of("disks", List.of("d1")));
        assertThat(some.backup().path("disks").size()).isEqualTo(1);
        machine.writeGranule("d0", 4);
        Made all = client.backUp();
        assertThat(all.disk("d0").path("bytes").asLong(0)).isEqualTo(2L * Machine.GRANULE + Machine.CANARY);
        assertThat(all.disk("d1").path("parent").asString("")).isEqualTo(some.id());
        then();
    }

    @Test
    void a_raw_disk_is_always_full_and_the_other_incremental() {
        machine.close();
        machine = Machine.withRawDisk();
        client = Client.of(site, machine);
        machine.writeGranule("raw", 1);
        client.backUp();
        machine.writeGranule("raw", 2);
        machine.writeGranule("d0", 2);
        Made next = client.backUp();
        assertThat(next.kind("d0")).isEqualTo("INCREMENTAL");
        assertThat(next.kind("raw")).isEqualTo("FULL NO_BITMAP_SUPPORT");
        then();
    }

    @Test
    @Covers("S6")
    void a_backup_that_is_aborted_leaves_nothing_and_the_next_has_its_bits() {
        machine.write("d0", 0, 2 << 20);
        Made first = client.backUp();
        machine.write("d0", 0, 2 << 20);
        JsonNode running = client.startBackup(Map.of("bytesPerSecondMax", 65_536));
        site.api().awaitState(running, "RUNNING");
        site.api().done(site.api().start("/v1/backups/" + running.path("target").asString("") + "/abort", Map.of()));
        assertThat(client.backup(running).path("state").asString("")).isEqualTo("ABORTED");
        client.assertClean(site.repository("default"));
        assertThat(machine.leftovers()).isEmpty();
        Made next = client.backUp();
        assertThat(next.disk("d0").path("parent").asString("")).isEqualTo(first.id());
        assertThat(next.disk("d0").path("bytes").asLong(0)).isEqualTo((2L << 20) + Machine.CANARY);
        then();
    }

    @Test
    void a_backup_that_has_not_ended_by_its_deadline_is_aborted_and_the_next_has_its_bits() {
        Made first = client.backUp();
        machine.write("d0", 0, 2 << 20);
        JsonNode running = client.startBackup(Map.of("bytesPerSecondMax", 1, "deadlineSeconds", 1));
        site.api().failed(running, "DEADLINE_PASSED");
        client.assertClean(site.repository("default"));
        assertThat(machine.leftovers()).isEmpty();
        Made next = client.backUp();
        assertThat(next.disk("d0").path("parent").asString("")).isEqualTo(first.id());
        assertThat(next.disk("d0").path("bytes").asLong(0)).isGreaterThanOrEqualTo(2L << 20);
        then();
    }

    @Test
    void a_backup_that_is_too_slow_is_let_go_faster_while_it_runs() {
        machine.write("d0", 0, 2 << 20);
        JsonNode running = client.startBackup(Map.of("bytesPerSecondMax", 1));
        site.api().awaitState(running, "RUNNING");
        assertThat(client.backup(running).path("bytesPerSecondMax").asLong(0)).isEqualTo(1);
        String backup = "/v1/backups/" + running.path("target").asString("");
        site.api().done(site.api().start(backup + "/speed", Map.of("bytesPerSecondMax", 65_536)));
        assertThat(client.backup(running).path("bytesPerSecondMax").asLong(0)).isEqualTo(65_536);
        // when it may copy as fast as it can, it need not wait for years
        site.api().done(site.api().start(backup + "/speed", Map.of("bytesPerSecondMax", 0)));
        assertThat(client.backup(running).path("bytesPerSecondMax").isNull()).isTrue();
        client.completed(running, machine.contents());
        // and what has ended has no speed
        Api.Answer refused = site.api().post(backup + "/speed", Map.of("bytesPerSecondMax", 1));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().path("code").asString("")).isEqualTo("NOT_RUNNING");
        then();
    }

    @Test
    @Covers({"#17", "failure-clears-base"})
    void a_repository_without_room_fails_the_backup_and_keeps_the_bits() throws IOException {
        Path place = Files.createDirectories(site.repository("second"));
        Made first = client.backUp(Map.of("repo", "second"));
        machine.write("d0", 0, 3 << 20);
        Mounts.tmpfs(place, "size=1m");
        try {
            JsonNode failed = site.api().ended(client.startBackup(Map.of("repo", "second", "kind", "FULL")));
            assertThat(failed.path("state").asString("")).as("%s", failed).isEqualTo("FAILED");
            assertThat(failed.path("remedy").asString("")).isNotBlank();
            assertThat(client.backup(failed).path("state").asString("")).isEqualTo("FAILED");
            client.assertClean(place);
        } finally {
            Mounts.release(place);
        }
        machine.writeGranule("d0", 60);
        Made next = client.backUp(Map.of("repo", "second"));
        assertThat(next.disk("d0").path("parent").asString("")).isEqualTo(first.id());
        assertThat(next.kind("d0")).isEqualTo("INCREMENTAL");
        then();
    }

    @Test
    void a_restore_at_a_moment_is_the_backup_before_it() {
        client.backUp();
        machine.writeGranule("d0", 2);
        client.backUp();
        machine.writeGranule("d0", 3);
        client.backUp();
        for (Made made : client.made()) {
            String at = made.backup().path("completedAt").asString("");
            assertThat(client.differing(made, Map.of("at", at))).isEmpty();
        }
        assertThat(client.differing(client.made().getLast(), Map.of())).isEmpty();
        then();
    }

    @Test
    void two_machines_at_once_do_not_disturb_each_other() {
        try (Machine other = new Machine(1)) {
            Client second = Client.of(site, other);
            for (int round = 0; round < 3; round++) {
                machine.writeGranule("d0", round);
                other.writeGranule("d0", 40 + round);
                Map<String, byte[]> one = machine.contents();
                Map<String, byte[]> two = other.contents();
                JsonNode first = client.startBackup(new LinkedHashMap<>());
                JsonNode next = second.startBackup(Map.of());
                second.completed(next, two);
                client.completed(first, one);
            }
            second.assertEveryBackupRestoresIdentically();
            second.assertClean(site.repository("default"));
            assertThat(second.made().getLast().kind("d0")).isEqualTo("INCREMENTAL");
        }
        then();
    }

    private void then() {
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }
}
