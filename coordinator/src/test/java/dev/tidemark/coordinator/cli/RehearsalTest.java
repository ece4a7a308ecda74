package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    @Test
    void what_the_start_up_cache_remembers_are_commands_that_end_as_they_do_for_a_user() throws IOException {
        assertThat(Rehearsal.played()).isTrue();
    }
}
