package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * For every use case, every call to the database, to QEMU, to the repository and between the processes fails in turn, in every way
 * in which it can fail, until there is no such call any more. After each the world comes to rest, and every invariant holds.
 */
class NthCallTest {
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void each_call_fails_in_each_way(Workflow workflow) {
        Quiet.logging();
        List<String> red = new ArrayList<>();
        int tried = failEach(workflow, Saboteur.NONE, red);
        System.out.printf("%s: %d failures of single calls%n", workflow, tried);
        assertThat(red).isEmpty();
        // A machine that is let go has nothing asked of QEMU.
        assertThat(tried).isGreaterThanOrEqualTo(workflow == Workflow.REMOVE ? 10 : 20);
    }

    /** Or what befalls it would prove nothing. */
    @Test
    void a_pull_that_nothing_befalls_is_read_and_finished() {
        Quiet.logging();
        assertThat(Workflow.PULL.pulls()).isEqualTo(1);
        assertThat(Workflow.PULL_AGAIN.pulls()).isEqualTo(2);
        assertThat(Workflow.PULL_ABORT.pulls()).isZero();
    }

    /** Without a failure the planted fault does no harm: only a call that fails brings it to light. */
    @Test
    void a_coordinator_that_never_catches_up_is_found() {
        Quiet.logging();
        List<String> red = new ArrayList<>();
        Workflow.CREATE.live(null, Saboteur.NEVER_CATCHES_UP);
        failEach(Workflow.CREATE, Saboteur.NEVER_CATCHES_UP, red);
        assertThat(red).isNotEmpty();
    }

    private static int failEach(Workflow workflow, Saboteur saboteur, List<String> red) {
        int tried = 0;
        for (Site site : Site.values()) {
            for (Fault way : site.faults()) {
                boolean made = true;
                for (int call = 0; made; call++) {
                    FailureScript.Failure failure = new FailureScript.Failure(site, call, way);
                    try {
                        made = workflow.live(failure, saboteur).isSpent();
                    } catch (Violation violation) {
                        red.add(workflow + " with " + failure + ": " + violation.getMessage());
                    }
                    tried += made ? 1 : 0;
                }
            }
        }
        return tried;
    }
}
