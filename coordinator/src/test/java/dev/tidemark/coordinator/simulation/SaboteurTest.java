package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A simulation that cannot go red proves nothing: each planted fault is found, and soon. Chance takes too long to a clean end of
 * QEMU with a write before its next start, and a whole chain over both: that has histories of its own in {@link WrittenBehindTest}.
 */
class SaboteurTest {
    private static final int HISTORIES_MAX = 3_000;

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "WRITTEN_BEHIND_PASSES"})
    void the_simulation_goes_red(Saboteur saboteur) {
        Quiet.logging();
        Optional<Violation> red = Optional.empty();
        long seed = 0;
        while (red.isEmpty() && seed < HISTORIES_MAX) {
            red = live(++seed, saboteur);
        }
        assertThat(red)
                .as("%s was not noticed in %d histories", saboteur, HISTORIES_MAX)
                .isPresent();
        System.out.println(saboteur + ": " + red.map(Violation::invariant).orElseThrow() + " with seed=" + seed);
    }

    private static Optional<Violation> live(long seed, Saboteur saboteur) {
        try {
            new History(seed, saboteur, false).live();
            return Optional.empty();
        } catch (Violation violation) {
            return Optional.of(violation);
        }
    }
}
