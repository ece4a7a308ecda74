package dev.tidemark.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How often somebody may, by a clock that only goes forward. */
class AllowancesTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

    @Test
    void a_burst_is_allowed_and_then_the_rate() {
        Allowances allowances = new Allowances(2, 3, 10, now::get);
        for (int number = 0; number < 3; number++) {
            assertThat(allowances.take("a")).isZero();
        }
        assertThat(allowances.ask("a")).isEqualTo(Duration.ofMillis(500));
        assertThat(allowances.take("a")).isEqualTo(Duration.ofMillis(500));
        assertThat(allowances.take("b")).as("another key").isZero();
        // The clock of the system may pass its largest number; what counts is the difference.
        now.addAndGet(Duration.ofMillis(500).toNanos());
        assertThat(allowances.take("a")).isZero();
        assertThat(allowances.take("a")).isEqualTo(Duration.ofMillis(500));
        now.addAndGet(Duration.ofDays(1).toNanos());
        for (int number = 0; number < 3; number++) {
            assertThat(allowances.take("a")).as("never more than a burst").isZero();
        }
        assertThat(allowances.take("a")).isPositive();
    }

    @Test
    void of_very_many_keys_the_oldest_is_forgotten() {
        Allowances allowances = new Allowances(1, 1, 2, now::get);
        for (String key : new String[] {"a", "b", "a", "c"}) {
            allowances.take(key);
        }
        assertThat(allowances.ask("a")).isPositive();
        assertThat(allowances.ask("c")).isPositive();
        assertThat(allowances.ask("b")).as("the bucket of b is full again").isZero();
    }

    @Test
    void who_guesses_is_not_looked_at_and_others_at_the_address_go_on() {
        Guesses guesses = new Guesses(new RequestLimits(1, 1, 1, 2), now::get);
        AtomicInteger looks = new AtomicInteger();
        assertThat(watched(guesses, "10.0.0.1", "good", looks)).isPresent();
        for (int number = 0; number < 2; number++) {
            assertThat(watched(guesses, "10.0.0.1", "bad", looks)).isEmpty();
        }
        for (int number = 0; number < 1000; number++) {
            String guess = "bad-" + number;
            assertThatThrownBy(() -> watched(guesses, "10.0.0.1", guess, looks)).isInstanceOf(Guesses.TooMany.class);
        }
        assertThat(looks).hasValue(3);
        assertThat(watched(guesses, "10.0.0.1", "good", looks)).isPresent();
        assertThat(watched(guesses, "10.0.0.2", "bad", looks)).isEmpty();
        now.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(watched(guesses, "10.0.0.1", "bad", looks)).isEmpty();
        assertThatThrownBy(() -> watched(guesses, "10.0.0.1", "bad", looks)).isInstanceOf(Guesses.TooMany.class);
    }

    @Test
    void whoever_has_one_address_of_version_6_has_them_all() {
        Guesses guesses = new Guesses(new RequestLimits(1, 1, 1, 1), now::get);
        AtomicInteger looks = new AtomicInteger();
        assertThat(watched(guesses, "2001:db8:1:2:0:0:0:1", "bad", looks)).isEmpty();
        assertThatThrownBy(() -> watched(guesses, "2001:db8:1:2:ffff:0:0:2", "bad", looks))
                .isInstanceOf(Guesses.TooMany.class);
        assertThat(watched(guesses, "2001:db8:1:3:0:0:0:1", "bad", looks)).isEmpty();
    }

    private static Optional<Identity> watched(Guesses guesses, String address, String shown, AtomicInteger looks) {
        return guesses.watched(address, shown, () -> {
            looks.incrementAndGet();
            return shown.equals("good") ? Optional.of(Identity.ADMINISTRATOR) : Optional.empty();
        });
    }
}
