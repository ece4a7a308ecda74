package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/**
 * Random histories of production's core, dispatch and gateway. {@code -Dtidemark.simulation.histories=N} runs more of them from
 * {@code -Dtidemark.firstSeed} on {@code -Dtidemark.simulation.threads=N}, {@code -Dtidemark.seed=S} replays one and tells what happened.
 */
class SimulationTest {
    private static final int HISTORIES = 1_500;

    @Test
    void every_invariant_holds_in_every_history() throws InterruptedException {
        Quiet.logging();
        Long replayed = Long.getLong("tidemark.seed");
        if (replayed != null) {
            live(replayed, true);
            return;
        }
        // Fixed by default, so that a red build is the fault of the change that is built; a long run takes others.
        long first = Long.getLong("tidemark.firstSeed", 1L);
        int histories = Integer.getInteger("tidemark.simulation.histories", HISTORIES);
        int threads = Integer.getInteger(
                "tidemark.simulation.threads", Runtime.getRuntime().availableProcessors());
        long begun = System.nanoTime();
        Seeds seeds = new Seeds(first, first + histories);
        seeds.liveOn(threads);
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                "simulation: %d histories, %d backups, %d incremental disks, %d merges and %d frozen moments judged in %.1f s: %.0f a minute%n",
                histories,
                seeds.backups.sum(),
                seeds.incrementals.sum(),
                seeds.merges.sum(),
                seeds.quiesced.sum(),
                seconds,
                histories / seconds * 60);
        assertThat(seeds.incrementals.sum())
                .as("incremental disks judged in %d histories", histories)
                .isGreaterThan(histories);
        assertThat(seeds.merges.sum())
                .as("merges judged in %d histories", histories)
                .isGreaterThan(histories / 50);
        assertThat(seeds.quiesced.sum())
                .as("frozen moments judged in %d histories", histories)
                .isGreaterThan(histories / 10);
    }

    /** A history is alone on its thread, so any number of them can live at once. */
    private static final class Seeds {
        private final AtomicLong next;
        private final long end;
        private final Map<Long, Throwable> red = new ConcurrentSkipListMap<>();
        private final LongAdder backups = new LongAdder();
        private final LongAdder incrementals = new LongAdder();
        private final LongAdder quiesced = new LongAdder();
        private final LongAdder merges = new LongAdder();

        Seeds(long first, long end) {
            this.next = new AtomicLong(first);
            this.end = end;
        }

        /** Throws what the least of the seeds found; all before it were lived, whatever thread had them. */
        void liveOn(int threads) throws InterruptedException {
            List<Thread> running = new ArrayList<>();
            for (int index = 0; index < threads; index++) {
                running.add(Thread.ofPlatform().name("histories-" + index).start(this::live));
            }
            for (Thread thread : running) {
                thread.join();
            }
            for (Throwable least : red.values()) {
                throw new AssertionError(least.getMessage(), least);
            }
        }

        private void live() {
            while (red.isEmpty()) {
                long seed = next.getAndIncrement();
                if (seed >= end) {
                    return;
                }
                try {
                    Judge judge = SimulationTest.live(seed, false);
                    backups.add(judge.backups());
                    incrementals.add(judge.incrementals());
                    quiesced.add(judge.quiesced());
                    merges.add(judge.merges());
                } catch (Throwable failure) {
                    red.put(seed, failure);
                }
            }
        }
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
