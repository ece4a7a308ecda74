package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.Fault.BASE_LOST;
import static dev.tidemark.coordinator.modelcheck.Fault.DISCONNECT;
import static dev.tidemark.coordinator.modelcheck.Fault.GATEWAY_CRASH;
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

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * No state of these scopes breaks an invariant. {@code -Dtidemark.modelcheck=full}, or the Maven profile {@code modelcheck},
 * searches further: more than 5×10⁷ states, some 4 GiB of heap, and up to an hour of one core.
 */
class ModelCheckTest {
    private static final Fault[] CRASHES = {
        QEMU_CRASH, QEMU_RESTART, GATEWAY_CRASH, DISCONNECT, SEND_LOST, LATE_EXECUTION, REPLY_LOST, JOB_ERROR, POWER_CUT
    };
    private static final Fault[] OTHERS = {RESIZE, OVERLAY, STRANGER, BASE_LOST, GATEWAY_CRASH, QEMU_CRASH};
    private static final Fault[] IMAGES = {ROLLBACK, QEMU_RESTART, QEMU_CRASH};

    private record Part(String name, Scope scope, int statesMax) {}

    private static List<Part> quick() {
        return List.of(
                new Part("crashes, two at a time", Scope.of(1, 1, 2, 2, CRASHES), 1_000_000),
                new Part("three checkpoints", Scope.of(1, 2, 3, 0, CRASHES).withRepositories(2), 400_000),
                new Part("two disks", Scope.of(2, 1, 2, 1, CRASHES), 300_000),
                new Part("two gateways", Scope.of(1, 1, 1, 1, CRASHES).withGateways(2), 300_000),
                new Part("others at work", Scope.of(1, 2, 2, 1, OTHERS), 300_000),
                new Part("images rolled back", Scope.of(1, 1, 2, 3, IMAGES), 300_000));
    }

    private static List<Part> full() {
        return List.of(
                new Part("crashes, three at a time", Scope.of(1, 2, 2, 3, CRASHES), 60_000_000),
                new Part("three checkpoints", Scope.of(1, 2, 3, 1, CRASHES).withDeletions(2), 20_000_000),
                new Part("two disks", Scope.of(2, 2, 2, 1, CRASHES), 20_000_000),
                new Part("two gateways", Scope.of(1, 1, 2, 2, CRASHES).withGateways(2), 20_000_000),
                new Part("others at work", Scope.of(1, 3, 2, 2, OTHERS), 15_000_000),
                new Part("images rolled back", Scope.of(1, 1, 3, 3, IMAGES), 15_000_000));
    }

    @Test
    void no_state_breaks_an_invariant() {
        boolean full = "full".equals(System.getProperty("tidemark.modelcheck"));
        long states = 0;
        for (Part part : full ? full() : quick()) {
            Search.Result result = new Search(part.scope(), Bug.NONE, part.statesMax()).run();
            System.out.printf(
                    "%-26s %,12d states %,14d steps, depth %d%s%n",
                    part.name(), result.states(), result.steps(), result.depth(), result.complete() ? ", all" : "");
            assertThat(result.finding()).as(part.name()).isEmpty();
            states += result.states();
        }
        System.out.printf("%-26s %,12d states%n", "together", states);
        assertThat(states).isGreaterThanOrEqualTo(full ? 50_000_000 : 1_000_000);
    }
}
