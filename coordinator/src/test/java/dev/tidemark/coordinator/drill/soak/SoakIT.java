package dev.tidemark.coordinator.drill.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.drill.soak.SoakOptions.Sabotage;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.schema.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A short soak with few machines, and planted faults that it has to find. {@code -Dtidemark.seed=N} tries the same again. */
class SoakIT {
    private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime() & 0xffff_ffffL);
    private static final Duration NEVER = Duration.ofHours(1);

    @Test
    @Timeout(300)
    void nothing_is_wrong_stuck_or_left_behind_after_a_short_soak() {
        // given / when
        Run run = soak(Duration.ofSeconds(20), Duration.ofSeconds(4), 3, Sabotage.NONE);
        // then
        assertThat(run.report().path("findings"))
                .as("seed %d: %s", SEED, run.told())
                .isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.report().path("restores").path("disksCompared").asLong(0))
                .isPositive();
    }

    @Test
    @Timeout(300)
    void a_write_behind_the_bitmap_is_found() {
        assertFound("WRONG", soak(Duration.ofSeconds(8), NEVER, 1, Sabotage.WRITE_BEHIND_THE_BITMAP));
    }

    @Test
    @Timeout(300)
    void one_changed_byte_of_a_restored_disk_is_found() {
        assertFound("WRONG", soak(Duration.ofSeconds(5), NEVER, 1, Sabotage.RESTORED_BYTE_CHANGED));
    }

    @Test
    @Timeout(300)
    void a_node_that_stays_in_qemu_is_found() {
        assertFound("LEAK", soak(Duration.ofSeconds(5), NEVER, 1, Sabotage.NODE_LEFT_BEHIND));
    }

    private record Run(int exitCode, JsonNode report, String told) {}

    private static Run soak(Duration length, Duration killEvery, int calms, Sabotage sabotage) {
        System.out.println("-Dtidemark.seed=" + SEED);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        // A planted fault is the same on every machine: to find it takes no guest, which would keep a processor busy.
        int daemons = sabotage == Sabotage.NONE ? 3 : 2;
        int virtualMachines = sabotage == Sabotage.NONE ? 1 : 0;
        SoakOptions options = new SoakOptions(
                length, SEED, daemons, virtualMachines, killEvery, Duration.ofMillis(600), calms, sabotage, true);
        int exitCode = Soak.run(options, new PrintWriter(out), new PrintWriter(err, true));
        return new Run(exitCode, Json.MAPPER.readTree(out.toString().getBytes(StandardCharsets.UTF_8)), err.toString());
    }

    private static void assertFound(String kind, Run run) {
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.report().path("findingsByKind").path(kind).asInt(0))
                .as("seed %d: %s", SEED, run.told())
                .isPositive();
        Path evidence = Path.of(run.report().path("evidence").asString(""));
        assertThat(evidence).isNotEmptyDirectory();
        Stage.delete(evidence);
    }
}
