package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Small workflows with a crash at every call, and every one of those with a second crash at every call of the recovery. In a build
 * the second crashes are thinned out; {@code -Dtidemark.simulation.stride=1} leaves out none.
 */
class DoubleCrashTest {
    private static final int STRIDE = 199;

    /** More calls than any of the workflows makes until it is over. */
    private static final int CALLS_MAX = 2_000;

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"CREATE", "DELETE_NEWEST", "DELETE_MIDDLE", "FULL", "INCREMENTAL", "ABORT"})
    void a_crash_at_any_call_and_another_during_the_recovery(Workflow workflow) {
        Quiet.logging();
        int stride = Integer.getInteger("tidemark.simulation.stride", STRIDE);
        int turn = 0;
        int single = 0;
        int twofold = 0;
        for (Victim first : Victim.values()) {
            for (int call = 0; call < CALLS_MAX; call++) {
                List<CrashScript.Crash> once = List.of(new CrashScript.Crash(call, first));
                Workflow.Life life = live(workflow, once);
                if (!life.spent()) {
                    break;
                }
                single++;
                for (Victim second : Victim.values()) {
                    for (int again = 0; again < life.calls(); again++) {
                        if (turn++ % stride == 0) {
                            List<CrashScript.Crash> twice = new ArrayList<>(once);
                            twice.add(new CrashScript.Crash(again, second));
                            live(workflow, twice);
                            twofold++;
                        }
                    }
                }
            }
        }
        System.out.printf("%s: %d single crashes, %d of %d double crashes%n", workflow, single, twofold, turn);
        assertThat(single).isGreaterThan(100);
        assertThat(twofold).isGreaterThan(single);
    }

    private static Workflow.Life live(Workflow workflow, List<CrashScript.Crash> crashes) {
        try {
            return workflow.live(crashes);
        } catch (Violation violation) {
            throw new AssertionError(workflow + " with " + crashes + ": " + violation.getMessage(), violation);
        }
    }
}
