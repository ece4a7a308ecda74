package dev.tidemark.coordinator.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Medians, so that one slow round does not count, beside that of cp. */
class TurnTimesTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void the_median_of_each_turn_stands_beside_that_of_cp() {
        TurnTimes times = new TurnTimes();
        for (long round : new long[] {3, 90, 1, 2, 4}) {
            for (Turn turn : Turn.values()) {
                times.add(turn, (turn == Turn.RESTORE ? 6 : 1) * round * SECOND);
            }
        }
        // when
        List<Bench.Row> rows = times.rows();
        // then
        assertThat(rows.getFirst())
                .isEqualTo(new Bench.Row(
                        "cp",
                        3,
                        3,
                        1,
                        "s",
                        "cp of the image, then fsync; 1.00 to 90.00 in 5 rounds, each compared with the disk"));
        assertThat(rows).allMatch(row -> row.floor() == 3);
        assertThat(rows.getLast().measured()).isEqualTo(18);
        assertThat(rows.getLast().ratio()).isEqualTo(6);
    }

    @Test
    void between_two_rounds_the_median_lies_in_the_middle() {
        TurnTimes times = new TurnTimes();
        for (Turn turn : Turn.values()) {
            times.add(turn, SECOND);
            times.add(turn, 2 * SECOND);
        }
        assertThat(times.rows().getFirst().measured()).isEqualTo(1.5);
    }
}
