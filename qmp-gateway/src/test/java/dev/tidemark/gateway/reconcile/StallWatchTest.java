package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MEBIBYTE = 1L << 20;

    private final StallWatch watch = new StallWatch(Duration.ofSeconds(10));

    private boolean isStalled(String job, long progress, long atSecond) {
        return watch.isStalled(job, progress, 0, atSecond * SECOND);
    }

    @Test
    void a_job_that_stands_still_for_longer_than_the_limit_is_stalled() {
        assertThat(isStalled("a", 5, 0)).isFalse();
        assertThat(isStalled("a", 5, 10)).isFalse();
        assertThat(isStalled("a", 5, 11)).isTrue();
    }

    @Test
    void however_slow_it_is_a_job_that_moves_is_not() {
        for (int second = 0; second < 1_000; second += 10) {
            assertThat(isStalled("a", second, second)).isFalse();
        }
    }

    @Test
    void a_job_is_not_covered_by_another_one_that_moves() {
        for (int second = 0; second <= 10; second++) {
            assertThat(isStalled("moves", second, second)).isFalse();
            assertThat(isStalled("stands", 7, second)).isFalse();
        }
        assertThat(isStalled("moves", 11, 11)).isFalse();
        assertThat(isStalled("stands", 7, 11)).isTrue();
    }

    @Test
    void nobody_looked_for_long_and_it_moved_meanwhile() {
        assertThat(isStalled("a", 5, 0)).isFalse();
        assertThat(isStalled("a", 6, 1_000)).isFalse();
        assertThat(isStalled("a", 6, 1_010)).isFalse();
        assertThat(isStalled("a", 6, 1_011)).isTrue();
    }

    @Test
    void a_job_that_has_a_limit_rests_for_as_long_as_a_step_takes() {
        assertThat(watch.isStalled("a", 5, MEBIBYTE, 0)).isFalse();
        assertThat(watch.isStalled("a", 5, MEBIBYTE, 26 * SECOND)).isFalse();
        assertThat(watch.isStalled("a", 5, MEBIBYTE, 27 * SECOND)).isTrue();
        assertThat(watch.isStalled("b", 5, 1, 0)).isFalse();
        assertThat(watch.isStalled("b", 5, 1, 24 * 3_600 * SECOND)).isFalse();
    }

    @Test
    void a_job_whose_limit_is_lifted_has_all_its_time_from_then_on() {
        assertThat(watch.isStalled("a", 5, 1, 0)).isFalse();
        assertThat(watch.isStalled("a", 5, 1, 3_600 * SECOND)).isFalse();
        assertThat(isStalled("a", 5, 3_601)).isFalse();
        assertThat(isStalled("a", 5, 3_611)).isFalse();
        assertThat(isStalled("a", 5, 3_612)).isTrue();
    }
}
