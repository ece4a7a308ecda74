package dev.tidemark.schema.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Sight;
import org.junit.jupiter.api.Test;

class ProseTest {
    @Test
    void what_jsonb_refuses_is_escaped() {
        assertThat(Prose.of("tm-\u0000x\ny\ud800z")).isEqualTo("tm-\\u0000x\\u000ay\\ud800z");
    }

    @Test
    void printable_text_stays_as_it_is() {
        assertThat(Prose.of("größer 😀")).isEqualTo("größer 😀");
    }

    @Test
    void a_flood_is_cut() {
        assertThat(Prose.of("x".repeat(100_000))).hasSize(Prose.LENGTH_MAX + 1);
    }

    @Test
    void reports_cannot_carry_what_the_log_refuses() {
        assertThat(new Outcome.Refused(FailureCode.JOB_FAILED, "a\u0000b").detail())
                .isEqualTo("a\\u0000b");
        assertThat(new Outcome.Unknown("a\u0000b").detail()).isEqualTo("a\\u0000b");
        assertThat(new Sight.Unreachable("a\u0000b", true, 1).detail()).isEqualTo("a\\u0000b");
    }
}
