package dev.tidemark.gateway.act;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is concluded from the counts that QEMU gives for the copies of bitmaps. */
class CanaryQuestionTest {
    private static final long GRANULE = 65_536;

    private final Canary canary = new Canary("node", "window", "source", "tm-tmp-x", "job");
    private final CanaryQuestion question = CanaryQuestion.of(canary, "d0", granularities("older", "newer"));

    /** Both hold their canary; the newer marks three more granules. */
    private final Map<String, Long> counts = new HashMap<>(Map.of(
            canary.bitmap(), GRANULE,
            canary.copy(0), GRANULE,
            canary.copyWithCanary(0), GRANULE,
            canary.copy(1), 4 * GRANULE,
            canary.copyWithCanary(1), 4 * GRANULE));

    @Test
    void bitmaps_that_hold_their_canary_lack_nothing() {
        assertThat(question.lacking(counts)).isEmpty();
    }

    @Test
    void a_bitmap_to_which_the_canary_adds_a_granule_had_lost_it() {
        counts.put(canary.copyWithCanary(1), 5 * GRANULE);
        assertThat(question.lacking(counts)).containsExactly("newer");
    }

    @Test
    void a_copy_that_is_not_there_says_nothing_good() {
        counts.remove(canary.copy(0));
        assertThat(question.lacking(counts)).containsExactly("older");
        counts.remove(canary.copyWithCanary(0));
        assertThat(question.lacking(counts)).containsExactly("older");
    }

    @Test
    void a_canary_that_was_never_written_proves_nothing_of_any_bitmap() {
        // Its job was cancelled by somebody before it wrote, and is gone like one that did its work.
        counts.put(canary.bitmap(), 0L);
        assertThat(question.lacking(counts)).containsExactly("older", "newer");
        counts.remove(canary.bitmap());
        assertThat(question.lacking(counts)).containsExactly("older", "newer");
    }

    private static Map<String, Long> granularities(String... bitmaps) {
        Map<String, Long> granularities = new LinkedHashMap<>();
        for (String bitmap : bitmaps) {
            granularities.put(bitmap, GRANULE);
        }
        return granularities;
    }
}
