package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.Fault.BASE_LOST;
import static dev.tidemark.coordinator.modelcheck.Fault.BLIND_WATCH;
import static dev.tidemark.coordinator.modelcheck.Fault.DISCONNECT;
import static dev.tidemark.coordinator.modelcheck.Fault.GATEWAY_CRASH;
import static dev.tidemark.coordinator.modelcheck.Fault.IMAGE_WRITTEN;
import static dev.tidemark.coordinator.modelcheck.Fault.JOB_ERROR;
import static dev.tidemark.coordinator.modelcheck.Fault.LATE_EXECUTION;
import static dev.tidemark.coordinator.modelcheck.Fault.OVERLAY;
import static dev.tidemark.coordinator.modelcheck.Fault.POWER_CUT;
import static dev.tidemark.coordinator.modelcheck.Fault.QEMU_CRASH;
import static dev.tidemark.coordinator.modelcheck.Fault.QEMU_RESTART;
import static dev.tidemark.coordinator.modelcheck.Fault.REPLY_LOST;
import static dev.tidemark.coordinator.modelcheck.Fault.RESIZE;
import static dev.tidemark.coordinator.modelcheck.Fault.ROLLBACK;
import static dev.tidemark.coordinator.modelcheck.Fault.SEND_LOST;
import static dev.tidemark.coordinator.modelcheck.Fault.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * No state of these scopes breaks an invariant. {@code -Dtidemark.modelcheck=full}, or the Maven profile {@code modelcheck},
 * searches further: more than 5×10⁷ states, in less than 8 GiB of heap.
 */
class ModelCheckTest {
    private static final Fault[] CRASHES = {
        QEMU_CRASH, QEMU_RESTART, GATEWAY_CRASH, DISCONNECT, SEND_LOST, LATE_EXECUTION, REPLY_LOST, JOB_ERROR, POWER_CUT
    };
    private static final Fault[] OTHERS = {RESIZE, OVERLAY, STRANGER, BASE_LOST, GATEWAY_CRASH, QEMU_CRASH};
    private static final Fault[] IMAGES = {IMAGE_WRITTEN, ROLLBACK, QEMU_RESTART, QEMU_CRASH, GATEWAY_CRASH};
    private static final Fault[] UNHEARD = {ROLLBACK, BLIND_WATCH, QEMU_RESTART, QEMU_CRASH};

    private record Part(String name, Scope scope, int statesMax) {}

    private static List<Part> quick() {
        return List.of(
                new Part("crashes, two at a time", Scope.of(1, 1, 2, 2, CRASHES), 1_000_000),
                new Part("three checkpoints", Scope.of(1, 2, 3, 0, CRASHES).withRepositories(2), 400_000),
                new Part("two disks", Scope.of(2, 1, 2, 1, CRASHES), 300_000),
                new Part("two gateways", Scope.of(1, 1, 1, 1, CRASHES).withGateways(2), 300_000),
                new Part("others at work", Scope.of(1, 2, 2, 1, OTHERS), 300_000),
                new Part("images written and rolled back", Scope.of(1, 1, 2, 3, IMAGES), 300_000),
                new Part("images rolled back unheard", Scope.of(1, 1, 2, 3, UNHEARD), 300_000));
    }

    private static List<Part> full() {
        return List.of(
                new Part("crashes, three at a time", Scope.of(1, 2, 2, 3, CRASHES), 20_000_000),
                new Part("three checkpoints", Scope.of(1, 2, 3, 1, CRASHES).withDeletions(2), 8_000_000),
                new Part("two disks", Scope.of(2, 2, 2, 1, CRASHES), 8_000_000),
                new Part("two gateways", Scope.of(1, 1, 2, 2, CRASHES).withGateways(2), 8_000_000),
                new Part("others at work", Scope.of(1, 3, 2, 2, OTHERS), 6_000_000),
                new Part(
                        "images written and rolled back",
                        Scope.of(1, 1, 2, 3, IMAGES).withGateways(2),
                        5_000_000),
                new Part("images rolled back unheard", Scope.of(1, 1, 3, 3, UNHEARD), 5_000_000));
    }

    @Test
    void no_state_breaks_an_invariant() throws Exception {
        boolean full = "full".equals(System.getProperty("tidemark.modelcheck"));
        long begin = System.nanoTime();
        AtomicLong states = new AtomicLong();
        try (ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<?>> searches = new ArrayList<>();
            for (Part part : full ? full() : quick()) {
                searches.add(threads.submit(() -> {
                    states.addAndGet(search(part));
                }));
            }
            for (Future<?> search : searches) {
                search.get();
            }
        }
        System.out.printf(
                "%-31s %,12d states in %d s, heap at most %d MiB%n",
                "together",
                states.get(),
                Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                heapPeak() >> 20);
        assertThat(states).hasValueGreaterThanOrEqualTo(full ? 50_000_000 : 1_000_000);
    }

    private static int search(Part part) {
        Search.Result result = new Search(part.scope(), Bug.NONE, part.statesMax()).run();
        System.out.printf(
                "%-31s %,12d states %,14d steps, depth %d%s%n",
                part.name(), result.states(), result.steps(), result.depth(), result.complete() ? ", all" : "");
        assertThat(result.finding()).as(part.name()).isEmpty();
        return result.states();
    }

    /** In bytes; the pools have their peaks at different times, so that this is a little too much. */
    private static long heapPeak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }
}
