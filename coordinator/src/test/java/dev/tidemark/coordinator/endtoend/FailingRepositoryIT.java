package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * The repository fails under a backup of two disks: none of it is a backup, QEMU is left with nothing of ours, and the bits that it was
 * to copy are in the next one.
 */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class FailingRepositoryIT {
    private static final Map<String, String> SECOND = Map.of("repo", "second");

    private final Machine machine = new Machine(2);
    private final Site site;
    private final Client client;
    private final Path place;
    private Made first;

    FailingRepositoryIT(Site site) throws IOException {
        this.site = site;
        client = Client.of(site, machine);
        place = Files.createDirectories(site.repository("second"));
    }

    @BeforeEach
    void given() {
        machine.writeGranule("d0", 1);
        machine.writeGranule("d1", 1);
        first = client.backUp(SECOND);
        // What the failing backup is to copy, and the next one has to.
        machine.writeGranule("d0", 2);
        machine.write("d1", 0, 3 << 20);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void full_before_both_of_two_disks_are_copied() throws IOException {
        try (Mounts.Mounted _ = Mounts.mounted(place, "size=2m")) {
            JsonNode failed = failed("JOB_FAILED", Map.of("repo", "second", "kind", "FULL"));
            // Both are copied at once, so that either may be the one that meets the end of the room.
            assertThat(failed.path("error").asString("")).matches("disk d[01]: No space left on device");
            client.assertClean(place);
        }
        thenTheBitsAreNotLost();
    }

    @Test
    void read_only() throws IOException {
        try (Mounts.Mounted _ = Mounts.mounted(place, "ro")) {
            failed("REPOSITORY_FAILED", Map.of("repo", "second", "kind", "FULL"));
            client.assertClean(place);
        }
        thenTheBitsAreNotLost();
    }

    @Test
    void gone_while_the_backup_runs() throws IOException {
        Path away = site.fresh("away");
        JsonNode running = client.startBackup(Map.of("repo", "second", "bytesPerSecondMax", 65_536));
        site.api().awaitState(running, "RUNNING");
        Files.move(place, away);
        try {
            site.api()
                    .done(site.api()
                            .start(
                                    "/v1/backups/" + running.path("target").asString("") + "/speed",
                                    Map.of("bytesPerSecondMax", 0)));
            nothingIsLeft(site.api().failed(running, "REPOSITORY_FAILED"));
        } finally {
            Files.move(away, place);
        }
        client.reconcile();
        client.assertClean(place);
        thenTheBitsAreNotLost();
    }

    private JsonNode failed(String code, Map<String, ?> body) {
        JsonNode operation = site.api().failed(client.startBackup(body), code);
        nothingIsLeft(operation);
        return operation;
    }

    /** Soon: a failure is written down before what shows it is put away. */
    private void nothingIsLeft(JsonNode operation) {
        assertThat(client.backup(operation).path("state").asString("")).isEqualTo("FAILED");
        Awaitility.await()
                .atMost(Client.TIME_MAX)
                .untilAsserted(() -> assertThat(machine.leftovers()).isEmpty());
    }

    private void thenTheBitsAreNotLost() {
        machine.writeGranule("d0", 60);
        Made next = client.backUp(SECOND);
        assertThat(next.kind("d0")).isEqualTo("INCREMENTAL");
        assertThat(next.kind("d1")).isEqualTo("INCREMENTAL");
        assertThat(next.disk("d1").path("parent").asString("")).isEqualTo(first.id());
        assertThat(next.disk("d1").path("bytes").asLong(0)).isGreaterThanOrEqualTo(3L << 20);
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(place);
    }
}
