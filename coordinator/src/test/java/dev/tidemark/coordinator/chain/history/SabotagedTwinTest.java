package dev.tidemark.coordinator.chain.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A checker that cannot fail proves nothing: each goes red, alone, when the fault that it is there for is planted. */
class SabotagedTwinTest {
    private static final int HISTORIES_MAX = 1_500;

    static Stream<Arguments> twins() {
        return Stream.of(
                arguments(Sabotage.FAILED_BACKUP_IS_A_BASE, Checker.RESTORE),
                arguments(Sabotage.BASE_FROM_ANOTHER_REPOSITORY, Checker.RESTORE),
                arguments(Sabotage.DELETION_DOES_NOT_MERGE, Checker.TRACKING),
                arguments(Sabotage.DELETION_DOES_NOT_MERGE, Checker.COVERAGE),
                arguments(Sabotage.MISSING_BITMAP_TAKEN_AS_EMPTY, Checker.COVERAGE),
                arguments(Sabotage.MISSING_BITMAP_TAKEN_AS_EMPTY, Checker.EVIDENCE),
                arguments(Sabotage.CREATION_IN_TWO_STEPS, Checker.TRACKING),
                arguments(Sabotage.CREATION_IN_TWO_STEPS, Checker.COVERAGE),
                arguments(Sabotage.NOT_RECORDING_IGNORED, Checker.COVERAGE),
                arguments(Sabotage.FAILED_JOB_REPORTED_AS_DONE, Checker.RESTORE),
                arguments(Sabotage.MIDDLE_BITMAP_FORGOTTEN, Checker.COVERAGE),
                arguments(Sabotage.MIDDLE_BITMAP_FORGOTTEN, Checker.RESTORE),
                arguments(Sabotage.INCONSISTENT_IGNORED, Checker.EVIDENCE),
                arguments(Sabotage.SIZE_CHANGE_IGNORED, Checker.EVIDENCE),
                arguments(Sabotage.FILE_CHANGE_IGNORED, Checker.COVERAGE),
                arguments(Sabotage.IMAGE_WRITTEN_IGNORED, Checker.COVERAGE),
                arguments(Sabotage.IMAGE_WRITTEN_IGNORED, Checker.RESTORE),
                arguments(Sabotage.FAILURE_CLEARS_THE_BITMAP, Checker.TRACKING),
                arguments(Sabotage.FAILURE_CLEARS_THE_BITMAP, Checker.RESTORE),
                arguments(Sabotage.BACKUP_BEFORE_THE_CHECKPOINT, Checker.RESTORE),
                arguments(Sabotage.SWEEPS_A_LIVE_BITMAP, Checker.SAFE_REMOVAL),
                arguments(Sabotage.NEVER_SWEEPS, Checker.CONVERGENCE),
                arguments(Sabotage.LIVE_STATE_FORGETS, Checker.REPLAY),
                arguments(Sabotage.NEEDED_BACKUP_DELETED, Checker.RESTORE),
                arguments(Sabotage.DELETES_ONE_TOO_MANY, Checker.RESTORE),
                arguments(Sabotage.MERGE_FORGETS_A_LAYER, Checker.RESTORE),
                arguments(Sabotage.DELETED_BACKUP_IS_A_BASE, Checker.EVIDENCE),
                arguments(Sabotage.COPY_IS_A_BASE, Checker.BESIDE));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("twins")
    void the_checker_goes_red(Sabotage sabotage, Checker checker) {
        Optional<InvariantBroken> red = Optional.empty();
        for (long seed = 1; seed <= HISTORIES_MAX && red.isEmpty(); seed++) {
            red = live(seed, sabotage, checker);
        }
        assertThat(red)
                .as("%s was not noticed in %d histories", sabotage, HISTORIES_MAX)
                .get()
                .returns(checker, InvariantBroken::checker);
    }

    private static Optional<InvariantBroken> live(long seed, Sabotage sabotage, Checker checker) {
        try {
            new History(seed, sabotage, EnumSet.of(checker)).live();
            return Optional.empty();
        } catch (InvariantBroken broken) {
            return Optional.of(broken);
        }
    }

    @Test
    void every_checker_and_every_fault_has_a_twin() {
        Set<Object> used = twins().flatMap(twin -> Arrays.stream(twin.get())).collect(Collectors.toSet());
        assertThat(used).contains((Object[]) Checker.values());
        assertThat(used).containsAll(EnumSet.complementOf(EnumSet.of(Sabotage.NONE)));
    }
}
