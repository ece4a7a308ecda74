package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When it is worth asking again: as far as it can be known, never at once, and never much later than it is done. */
class TakingUpTest {
    @Test
    void what_is_left_takes_as_long_as_what_was_done() {
        assertThat(TakingUp.secondsLeft(2_500, 10_000, 1.5)).isEqualTo(5);
        assertThat(TakingUp.secondsLeft(9_999, 10_000, 6)).isEqualTo(1);
        assertThat(TakingUp.secondsLeft(10_000, 10_000, 6)).isEqualTo(1);
        assertThat(TakingUp.secondsLeft(0, 10_000, 0.1)).isEqualTo(2);
        assertThat(TakingUp.secondsLeft(1, 1_000_000, 1)).isEqualTo(30);
        assertThat(TakingUp.secondsLeft(0, 0, 0)).isEqualTo(2);
    }
}
