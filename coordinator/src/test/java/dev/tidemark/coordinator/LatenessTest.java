package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.id.BackupId;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The time of day is set while backups have deadlines. */
class LatenessTest {
    private static final BackupId BACKUP = new BackupId("01ARZ3NDEKTSV4RRFFQ69G5FAX");
    private static final Instant ASKED = Instant.parse("2026-03-01T22:00:00Z");
    private static final Instant UNTIL = ASKED.plus(Duration.ofHours(6));

    private Instant now = ASKED;
    private long nanoseconds = Long.MAX_VALUE - 1;
    private final Lateness lateness = new Lateness(() -> now, () -> nanoseconds);

    private boolean isLate() {
        return lateness.among(over -> over.test(BACKUP, UNTIL));
    }

    private void pass(Duration time) {
        now = now.plus(time);
        nanoseconds += time.toNanos();
    }

    @Test
    void it_is_late_when_its_time_has_passed() {
        assertThat(isLate()).isFalse();
        pass(Duration.ofHours(6).minusNanos(1));
        assertThat(isLate()).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(isLate()).isTrue();
    }

    @Test
    void a_clock_that_is_set_ten_years_forward_makes_nothing_late() {
        assertThat(isLate()).isFalse();
        now = now.plus(Duration.ofDays(3650));
        assertThat(isLate()).isFalse();
        pass(Duration.ofHours(6));
        assertThat(isLate()).isTrue();
    }

    @Test
    void a_clock_that_is_set_an_hour_back_gives_no_hour_more() {
        assertThat(isLate()).isFalse();
        now = now.minus(Duration.ofHours(1));
        pass(Duration.ofHours(6));
        assertThat(isLate()).isTrue();
    }

    @Test
    void a_process_that_hears_of_it_later_goes_by_the_clock() {
        pass(Duration.ofHours(7));
        assertThat(isLate()).isTrue();
    }

    @Test
    void what_is_not_asked_for_any_more_is_forgotten() {
        assertThat(isLate()).isFalse();
        lateness.among(over -> "nothing runs");
        now = UNTIL;
        assertThat(isLate()).isTrue();
    }
}
