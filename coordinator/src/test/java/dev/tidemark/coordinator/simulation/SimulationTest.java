package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Random histories of production's core, dispatch and gateway. {@code -Dtidemark.simulation.histories=N} runs more of them from
 * {@code -Dtidemark.firstSeed}, {@code -Dtidemark.seed=S} replays one and tells what happened.
 */
class SimulationTest {
    private static final int HISTORIES = 1_500;

    @Test
    void every_invariant_holds_in_every_history() {
        Quiet.logging();
        Long replayed = Long.getLong("tidemark.seed");
        if (replayed != null) {
            live(replayed, true);
            return;
        }
        // Fixed by default, so that a red build is the fault of the change that is built; a long run takes others.
        long first = Long.getLong("tidemark.firstSeed", 1L);
        int histories = Integer.getInteger("tidemark.simulation.histories", HISTORIES);
        long begun = System.nanoTime();
        long backups = 0;
        long incrementals = 0;
        for (long seed = first; seed < first + histories; seed++) {
            Judge judge = live(seed, false);
            backups += judge.backups();
            incrementals += judge.incrementals();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                "simulation: %d histories, %d backups, %d incremental disks judged in %.1f s: %.0f a minute%n",
                histories, backups, incrementals, seconds, histories / seconds * 60);
        assertThat(incrementals)
                .as("incremental disks judged in %d histories", histories)
                .isGreaterThan(histories);
    }

    private static Judge live(long seed, boolean tracing) {
        History history = new History(seed, Saboteur.NONE, tracing);
        try {
            return history.live();
        } catch (Violation | RuntimeException failure) {
            throw new AssertionError(
                    "seed=" + seed + " (-Dtidemark.seed=" + seed + "): " + failure.getMessage() + "\n"
                            + history.trace(),
                    failure);
        }
    }
}
