package dev.tidemark.coordinator.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A check that cannot fail proves nothing: each planted bug is found, and the same scope without it is clean. */
class PlantedBugTest {
    private static final int STATES_MAX = 2_000_000;

    static List<PlantedBug> bugs() {
        return PlantedBug.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bugs")
    void is_found(PlantedBug planted) {
        Search.Result result = new Search(planted.scope(), planted.bug(), STATES_MAX).run();
        assertThat(result.finding())
                .as("%s in %d states", planted.bug(), result.states())
                .isPresent();
        Search.Finding finding = result.finding().orElseThrow();
        System.out.println(planted.bug() + ", state " + result.states() + ", " + finding);
        assertThat(finding.invariant()).as(finding.toString()).isEqualTo(planted.breaks());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bugs")
    void is_what_breaks_the_invariant(PlantedBug planted) {
        // given the scope in which it was found, as far as it had to be searched
        int states =
                new Search(planted.scope(), planted.bug(), STATES_MAX).run().states();
        // when it is searched without the bug
        Search.Result clean = new Search(planted.scope(), Bug.NONE, Math.max(states, 1_000)).run();
        // then nothing is found
        assertThat(clean.finding()).isEmpty();
    }

    @Test
    void every_bug_is_planted_and_every_invariant_is_broken_by_one() {
        Set<Object> used = bugs().stream().map(PlantedBug::bug).collect(Collectors.toSet());
        assertThat(used).containsAll(EnumSet.complementOf(EnumSet.of(Bug.NONE)));
        assertThat(bugs().stream().map(PlantedBug::breaks)).contains(Invariant.values());
    }
}
