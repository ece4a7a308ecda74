package dev.tidemark.schema.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A text is always made into what it says, whatever else stood in its place before. */
class RecentValuesTest {
    private static final int TEXTS = 1_000;
    private static final int READERS = 4;

    private final RecentValues recent = new RecentValues();

    /** What is made of a text: told apart from another one that says the same. */
    private static final class Made {
        private final String text;

        Made(String text) {
            this.text = text;
        }
    }

    private Made read(String text) {
        byte[] document = ('"' + text + '"').getBytes(StandardCharsets.UTF_8);
        return (Made) recent.of(document, 1, document.length - 1, Made::new);
    }

    @Test
    void what_comes_again_is_the_very_same() {
        Made first = read("01JDDDDDDDDDDDDDDDDDDDDDDD");

        assertThat(read("01JDDDDDDDDDDDDDDDDDDDDDDD")).isSameAs(first);
    }

    @Test
    void texts_that_share_a_place_are_not_taken_for_each_other() {
        for (int round = 0; round < 2; round++) {
            for (int number = 0; number < TEXTS; number++) {
                assertThat(read("disk" + number).text).isEqualTo("disk" + number);
            }
        }
    }

    @Test
    void neither_is_one_that_only_begins_or_ends_like_another() {
        List<String> alike = List.of("vda", "vda1", "1vda", "vdavda", "avda", "vd", "a", "");

        for (String text : alike) {
            assertThat(read(text).text).isEqualTo(text);
        }
    }

    @Test
    void a_long_one_is_made_each_time_and_not_kept() {
        String path = "/".repeat(65);

        assertThat(read(path)).isNotSameAs(read(path));
    }

    @Test
    void of_several_that_read_at_once_each_is_given_what_it_reads() throws Exception {
        try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            List<Future<Boolean>> right = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                int offset = reader * 7;
                right.add(readers.submit(() -> {
                    for (int number = offset; number < offset + 20 * TEXTS; number++) {
                        String text = "disk" + number % 97;
                        if (!read(text).text.equals(text)) {
                            return false;
                        }
                    }
                    return true;
                }));
            }
            for (Future<Boolean> each : right) {
                assertThat(each.get()).isTrue();
            }
        }
    }
}
