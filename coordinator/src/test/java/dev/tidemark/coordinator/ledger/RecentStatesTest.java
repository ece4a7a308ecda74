package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.ledger.RecentStates.Remembered;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentStatesTest {
    private final RecentStates<String> recent = new RecentStates<>(new LedgerSettings.Memory<>(3, 10, String::length));

    private static Remembered<String> state(String text, long sequence) {
        return new Remembered<>(text, sequence, text + "-" + sequence, 0, true);
    }

    private List<String> held() {
        return IntStream.rangeClosed('a', 'f')
                .mapToObj(name -> String.valueOf((char) name))
                .filter(name -> recent.of(name).isPresent())
                .toList();
    }

    @Test
    void when_there_are_too_many_the_one_that_was_asked_for_longest_ago_goes() {
        recent.put("a", state("1", 0));
        recent.put("b", state("1", 0));
        recent.put("c", state("1", 0));
        assertThat(recent.of("a")).isPresent();
        recent.put("d", state("1", 0));
        assertThat(held()).containsExactly("a", "c", "d");
    }

    @Test
    void when_they_weigh_too_much_as_many_go_as_need_to() {
        recent.put("a", state("12345", 0));
        recent.put("b", state("12345", 0));
        recent.put("c", state("123456789", 0));
        assertThat(held()).containsExactly("c");
        recent.put("d", state("1", 0));
        assertThat(held()).containsExactly("c", "d");
    }

    @Test
    void a_machine_that_has_grown_is_weighed_again() {
        recent.put("a", state("1", 0));
        recent.put("b", state("1", 0));
        recent.put("b", state("1234567890", 1));
        assertThat(held()).containsExactly("b");
        recent.put("b", state("1", 2));
        recent.put("c", state("123456789", 0));
        assertThat(held()).containsExactly("b", "c");
    }

    @Test
    void one_that_is_too_heavy_by_itself_is_not_kept_nor_is_its_older_state() {
        recent.put("a", state("1", 0));
        recent.put("a", state("12345678901", 1));
        assertThat(recent.of("a")).isEmpty();
    }

    @Test
    void an_older_state_does_not_take_a_newer_ones_place() {
        recent.put("a", state("new", 7));
        recent.put("a", state("old", 6));
        assertThat(recent.of("a")).contains(state("new", 7));
        recent.forget("a");
        recent.put("a", state("old", 6));
        assertThat(recent.of("a")).contains(state("old", 6));
    }

    @Test
    void who_may_keep_nothing_keeps_nothing() {
        RecentStates<String> none = new RecentStates<>(LedgerSettings.Memory.none());
        none.put("a", state("1", 0));
        assertThat(none.of("a")).isEmpty();
    }
}
