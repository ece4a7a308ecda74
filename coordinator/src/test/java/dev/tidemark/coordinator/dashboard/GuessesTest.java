package dev.tidemark.coordinator.dashboard;

import static dev.tidemark.coordinator.dashboard.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whoever shows many wrong tokens waits, and nobody else does. */
class GuessesTest {
    private final Guesses guesses = new Guesses();

    @Test
    void after_eight_in_a_minute_an_address_waits_until_the_minute_is_over() {
        for (int miss = 0; miss < Guesses.MISSES_MAX; miss++) {
            assertThat(guesses.wait("192.0.2.1", NOW)).isZero();
            guesses.came("192.0.2.1", NOW);
        }
        assertThat(guesses.wait("192.0.2.1", NOW.plusSeconds(20))).isEqualTo(Duration.ofSeconds(40));
        assertThat(guesses.wait("192.0.2.2", NOW)).isZero();
        assertThat(guesses.wait("192.0.2.1", NOW.plusSeconds(61))).isZero();
        guesses.came("192.0.2.1", NOW.plusSeconds(61));
        assertThat(guesses.wait("192.0.2.1", NOW.plusSeconds(61))).isZero();
    }

    @Test
    void the_addresses_of_one_ipv6_network_are_one() {
        for (int miss = 0; miss < Guesses.MISSES_MAX; miss++) {
            guesses.came("2001:db8:1:2::" + miss, NOW);
        }
        assertThat(guesses.wait("2001:db8:1:2:ffff::1", NOW)).isPositive();
        assertThat(guesses.wait("2001:db8:1:3::1", NOW)).isZero();
    }

    @Test
    void a_clock_that_goes_back_locks_nobody_out() {
        for (int miss = 0; miss < Guesses.MISSES_MAX; miss++) {
            guesses.came("192.0.2.1", NOW);
        }
        assertThat(guesses.wait("192.0.2.1", NOW.minusSeconds(86_400))).isZero();
    }

    @Test
    void very_many_addresses_are_forgotten_again() {
        for (int miss = 0; miss < Guesses.MISSES_MAX; miss++) {
            guesses.came("192.0.2.1", NOW);
        }
        for (int other = 0; other < 5000; other++) {
            guesses.came("10.0." + other / 256 + "." + other % 256, NOW);
        }
        assertThat(guesses.wait("192.0.2.1", NOW)).isZero();
    }
}
