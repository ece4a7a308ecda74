package dev.tidemark.gateway.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.model.ModelFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The model of QEMU's bitmaps does what a real qemu-storage-daemon does. {@code -Dtidemark.seed} chooses the first seed,
 * {@code -Dtidemark.sequences} how many follow; the Maven profile {@code differential} takes more than 10,000.
 *
 * <p>No difference is excused here. What QEMU 7.2 does against its own documentation is in the model, named where it is done:
 * {@code Transaction} (an undone enable disables, and dies of what it did not find; an undone removal leaves the image without
 * its copy) and {@code BitmapStore} (a full disk loses the bitmaps at a clean end, and nobody is told).
 */
class BitmapModelIT {
    private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());
    private static final int SEQUENCES = Integer.getInteger("tidemark.sequences", 80);
    private static final int AT_A_TIME = Integer.getInteger("tidemark.sequences.parallel", 2);

    /** Far more than any planted error takes to show. */
    private static final int TWIN_SEQUENCES_MAX = 20_000;

    @Test
    void the_same_commands_lead_to_the_same_state() throws Exception {
        Comparison comparison = new Comparison(ModelFaults.NONE);
        System.out.println("seed=" + SEED + " sequences=" + SEQUENCES);
        AtomicLong next = new AtomicLong(SEED);
        AtomicInteger sequences = new AtomicInteger();
        AtomicLong commands = new AtomicLong();
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < AT_A_TIME; thread++) {
                running.add(threads.submit(() -> {
                    for (long seed = next.getAndIncrement(); seed < SEED + SEQUENCES; seed = next.getAndIncrement()) {
                        Comparison.Run run = comparison.random(seed);
                        if (run.difference().isPresent()) {
                            next.set(SEED + SEQUENCES);
                        }
                        assertThat(run.difference())
                                .as("-Dtidemark.sequences=1 -Dtidemark.seed=%d, after %s", seed, run.steps())
                                .isEmpty();
                        commands.addAndGet(run.steps().size());
                        if (sequences.incrementAndGet() % 500 == 0) {
                            System.out.println(sequences + " sequences, " + commands + " commands");
                        }
                    }
                }));
            }
            for (Future<?> thread : running) {
                thread.get();
            }
        }
        System.out.printf(
                "%,d sequences, %,d commands, no difference, %d s%n",
                sequences.get(),
                commands.get(),
                Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        assertThat(sequences).hasValue(SEQUENCES);
    }

    /** Sequences by which model and daemon once differed: an overlay on a job's target, a write below a job's source, an export of its target, a layer below its filter,
     * a bitmap stored while a job has it, a job that writes below its source. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                19_660_465_703_402L,
                23_529_179_351_141L,
                24_552_769_540_184L,
                28_101_364_483_455L,
                28_438_858_520_344L
            })
    void a_sequence_that_once_differed_does_no_more(long seed) {
        Comparison.Run run = new Comparison(ModelFaults.NONE).random(seed);
        assertThat(run.difference()).as("%s", run.steps()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_model_with_an_error_is_found(ModelFaults.Fault planted) {
        // given a sequence that a faithful model would answer otherwise
        Comparison comparison = new Comparison(ModelFaults.of(planted));
        long seed = LongStream.range(0, TWIN_SEQUENCES_MAX)
                .filter(comparison::isTold)
                .findFirst()
                .orElseThrow();
        // when
        Optional<Difference> found = comparison.random(seed).difference();
        // then
        System.out.println(planted + ": found by sequence " + seed + ", "
                + found.map(difference -> "step " + difference.index()).orElse("never"));
        assertThat(found).isPresent();
    }
}
