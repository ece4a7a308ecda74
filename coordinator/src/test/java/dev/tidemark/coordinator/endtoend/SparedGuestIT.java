package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.Covers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * The target of a running backup has no room left. QEMU then refuses the guest's own writes (qemu-facts §0.5) until the job
 * ends, so the job has to end at once. The figures are printed.
 */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class SparedGuestIT {
    private static final long SUFFERING_MILLISECONDS_MAX = 1_000;

    @Test
    @Covers({"#24", "S6"})
    void a_target_that_runs_full_under_a_writing_guest_is_given_up_at_once(Site site) throws IOException {
        Path place = Files.createDirectories(site.repository("second"));
        try (Machine machine = new Machine(1)) {
            Client client = Client.of(site, machine);
            machine.write("d0", 0, Machine.DISK_BYTES);
            Client.Made first = client.backUp(Map.of("repo", "second"));
            try (Mounts.Mounted _ = Mounts.mounted(place, "size=40m");
                    NbdWriter guest = new NbdWriter(machine.daemon().nbdSocket(), "d0", Machine.DISK_BYTES)) {
                Awaitility.await().until(() -> guest.writes() > 100);
                JsonNode operation =
                        client.startBackup(Map.of("repo", "second", "kind", "FULL", "bytesPerSecondMax", 65_536));
                site.api().awaitState(operation, "RUNNING");
                long before = guest.writes();
                Awaitility.await().until(() -> guest.writes() > before + 100);
                // when somebody else takes all the room there is, at once
                Mounts.fill(place.resolve("filler"));
                JsonNode ended = site.api().ended(operation);
                assertThat(ended.path("state").asString("")).as("%s", ended).isEqualTo("FAILED");
                long refusedThen = guest.refused();
                long writesThen = guest.writes();
                Awaitility.await().until(() -> guest.writes() > writesThen + 100);
                System.out.println("guest while its backup's target was full: " + guest.writes() + " writes, "
                        + guest.refused() + " refused over " + guest.refusingMilliseconds() + " ms, longest wait "
                        + guest.longestMilliseconds() + " ms; "
                        + ended.path("error").asString(""));
                assertThat(guest.refused()).as("refused after the end").isEqualTo(refusedThen);
                assertThat(guest.refusingMilliseconds()).isLessThan(SUFFERING_MILLISECONDS_MAX);
                assertThat(guest.longestMilliseconds()).isLessThan(SUFFERING_MILLISECONDS_MAX);
                client.assertClean(place);
            }
            machine.writeGranule("d0", 5);
            Client.Made next = client.backUp(Map.of("repo", "second"));
            assertThat(next.kind("d0")).isEqualTo("INCREMENTAL");
            assertThat(next.disk("d0").path("parent").asString("")).isEqualTo(first.id());
            client.assertEveryBackupRestoresIdentically();
        }
    }
}
