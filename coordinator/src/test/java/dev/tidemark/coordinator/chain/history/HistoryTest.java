package dev.tidemark.coordinator.chain.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random histories against the model. {@code -Dtidemark.histories=N} runs more of them, {@code -Dtidemark.seed=S} replays
 * one.
 */
class HistoryTest {
    private static final int HISTORIES = 3_000;
    private static final Set<Checker> ALL = EnumSet.allOf(Checker.class);

    @Test
    void every_backup_of_every_history_restores_what_the_disk_held() {
        Long replayed = Long.getLong("tidemark.seed");
        if (replayed != null) {
            live(replayed);
            return;
        }
        // Fixed by default, so that a red build is the fault of the change that is built; a long run takes others.
        long first = Long.getLong("tidemark.firstSeed", 1L);
        int histories = Integer.getInteger("tidemark.histories", HISTORIES);
        long incrementals = 0;
        for (long seed = first; seed < first + histories; seed++) {
            incrementals += live(seed);
        }
        assertThat(incrementals)
                .as("incremental disks judged in %d histories", histories)
                .isGreaterThan(histories);
    }

    private static long live(long seed) {
        try {
            return new History(seed, Sabotage.NONE, ALL).live();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("-Dtidemark.seed=" + seed + ": " + failure.getMessage(), failure);
        }
    }
}
