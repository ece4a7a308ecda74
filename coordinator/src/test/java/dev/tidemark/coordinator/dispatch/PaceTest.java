package dev.tidemark.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    private final Pace pace = new Pace(step("COPY", 0), 0);

    private static Progress step(String phase, long done) {
        return new Progress(new MachineId(Crowd.ulid(1)), new OperationId(Crowd.ulid(2)), phase, done, 1_000_000_000);
    }

    @Test
    void nothing_is_told_from_a_single_look() {
        assertThat(pace.bytesPerSecond(0)).isEmpty();
    }

    @Test
    void a_steady_copy_has_its_rate() {
        for (int second = 1; second <= 60; second++) {
            pace.add(step("COPY", second * 100L), second * SECOND);
            assertThat(pace.bytesPerSecond(second * SECOND)).hasValue(100);
        }
    }

    @Test
    void a_limit_that_was_lowered_shows_within_half_a_minute() {
        for (int second = 1; second <= 60; second++) {
            pace.add(step("COPY", second * 1_000L), second * SECOND);
        }
        for (int second = 61; second <= 95; second++) {
            pace.add(step("COPY", 60_000 + (second - 60) * 10L), second * SECOND);
        }
        assertThat(pace.bytesPerSecond(95 * SECOND)).hasValue(10);
    }

    @Test
    void who_says_nothing_any_more_gets_slower() {
        pace.add(step("COPY", 1_000), SECOND);
        long before = pace.bytesPerSecond(SECOND).orElseThrow();
        assertThat(pace.bytesPerSecond(100 * SECOND).orElseThrow()).isLessThan(before / 10);
    }

    @Test
    void another_phase_begins_anew() {
        pace.add(step("COPY", 1_000_000), SECOND);
        pace.add(step("digest", 0), 2 * SECOND);
        assertThat(pace.bytesPerSecond(2 * SECOND)).isEmpty();
        pace.add(step("digest", 50), 3 * SECOND);
        assertThat(pace.bytesPerSecond(3 * SECOND)).hasValue(50);
    }
}
