package dev.tidemark.coordinator.nthcall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * For every use case, every call to a real PostgreSQL fails in turn, in every way in which it can fail, until there is no such
 * call any more. After each the same request is sent again, and life goes on.
 */
class NthDatabaseCallIT {
    /** Of so many calls one, another for each way, from the first on; all, which takes minutes, with {@code -Dtidemark.nth.stride=1}. */
    private static final int STRIDE = Integer.getInteger("tidemark.nth.stride", 8);

    /** More calls than anything makes: a bound against a test that does not end. */
    private static final int CALLS_MAX = 200;

    private static final Stage STAGE = new Stage(Sabotage.NONE);

    @AfterAll
    static void close() {
        STAGE.close();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void what_was_asked_for_happens_once_whichever_call_to_the_database_fails(UseCase useCase) {
        // given
        List<String> red = new ArrayList<>();
        // when
        int failed = failEach(STAGE, useCase, EnumSet.allOf(Way.class), red, Integer.MAX_VALUE, STRIDE);
        // then
        System.out.printf("%s: %d failures of single calls%n", useCase, failed);
        assertThat(red).isEmpty();
        assertThat(failed).isGreaterThanOrEqualTo(2 * Way.values().length / STRIDE);
        assertThat(STAGE.readModels.differences()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "FORGETS_KEYS,               CREATE_CHECKPOINT, OTHER_OPERATION",
        "ACKNOWLEDGES_BEFORE_COMMIT, REPORT_CHECKPOINT, the version that is told is in the log",
        "KEEPS_CONNECTIONS,          CREATE_CHECKPOINT, connections are lent"
    })
    void a_coordinator_with_a_planted_fault_is_found(Sabotage sabotage, UseCase useCase, String verdict) {
        try (Stage stage = new Stage(sabotage)) {
            // given
            live(stage, useCase, null);
            List<String> red = new ArrayList<>();
            // when
            failEach(stage, useCase, EnumSet.allOf(Way.class), red, 1, 1);
            // then
            assertThat(red).singleElement().asString().contains(verdict);
        }
    }

    @Test
    void read_models_that_are_written_beside_the_append_are_found() {
        try (Stage stage = new Stage(Sabotage.PROJECTS_BESIDE_THE_APPEND)) {
            // given
            live(stage, UseCase.REPORT_CHECKPOINT, null);
            assertThat(stage.readModels.differences()).isEmpty();
            // when
            failEach(stage, UseCase.REPORT_CHECKPOINT, EnumSet.of(Way.UNSENT), new ArrayList<>(), Integer.MAX_VALUE, 1);
            // then
            assertThat(stage.readModels.differences()).isNotEmpty();
        }
    }

    private static int failEach(Stage stage, UseCase useCase, Set<Way> ways, List<String> red, int redMax, int stride) {
        List<String> course = live(stage, useCase, null);
        int failed = 0;
        int shift = 0;
        for (Way way : ways) {
            shift++;
            boolean made = true;
            for (int call = 1; made && red.size() < redMax; call++) {
                assertThat(call).as("calls of %s", useCase).isLessThan(CALLS_MAX);
                if ((call - shift) % stride != 0) {
                    continue;
                }
                FailureScript script = new FailureScript(useCase.counted(), call, way);
                try {
                    assertThat(live(stage, useCase, script)).as("the log").isEqualTo(course);
                } catch (AssertionError | RuntimeException violation) {
                    red.add(useCase + " with " + script + ": " + violation);
                }
                made = script.isSpent();
                failed += made ? 1 : 0;
            }
        }
        return failed;
    }

    /** A machine's whole life with this one failure in it, judged; the course that its log has taken. */
    private static List<String> live(Stage stage, UseCase useCase, @Nullable FailureScript script) {
        Life life = stage.life();
        Runnable act = useCase.given(life);
        if (script == null) {
            act.run();
        } else {
            stage.database.failing(script, act);
        }
        life.end();
        life.judge();
        return life.course();
    }
}
