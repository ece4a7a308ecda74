package dev.tidemark.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PagesAheadTest {
    private static final int LENGTH = 3;

    /** The numbers up to a last one, behind one of them. */
    private static List<Integer> behind(int last, int upTo) {
        return IntStream.rangeClosed(last + 1, Math.min(last + LENGTH, upTo))
                .boxed()
                .toList();
    }

    @Test
    void every_row_comes_once_and_in_order_wherever_the_last_page_ends() {
        for (int count = 0; count <= 3 * LENGTH + 1; count++) {
            int upTo = count;
            assertThat(PagesAhead.rows(behind(0, upTo), LENGTH, last -> behind(last, upTo)))
                    .as("%s rows", upTo)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, upTo).boxed().toList());
        }
    }

    @Test
    @Timeout(300)
    void the_next_page_is_read_before_the_first_row_is_taken() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        Iterator<Integer> rows = PagesAhead.rows(behind(0, 5), LENGTH, last -> {
                    asked.countDown();
                    return behind(last, 5);
                })
                .iterator();
        assertThat(rows.hasNext()).isTrue();
        asked.await();
        assertThat(rows.next()).isEqualTo(1);
    }

    @Test
    void a_page_that_cannot_be_read_is_told_as_it_was_behind_the_rows_before_it() {
        StorageUnavailable failure = new StorageUnavailable(new SQLException("gone"));
        Iterator<Integer> rows = PagesAhead.rows(behind(0, 100), LENGTH, last -> {
                    throw failure;
                })
                .iterator();
        for (int row = 1; row <= LENGTH; row++) {
            assertThat(rows.next()).isEqualTo(row);
        }
        assertThatThrownBy(rows::hasNext).isSameAs(failure);
    }
}
