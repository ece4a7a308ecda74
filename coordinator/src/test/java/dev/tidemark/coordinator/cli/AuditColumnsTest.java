package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditColumnsTest {
    private static String shown(String subject) {
        var answer = Json.MAPPER.createObjectNode();
        answer.putArray("rows")
                .addObject()
                .put("at", "2026-11-23T08:00:00Z")
                .put("event", "drift-found.v1")
                .put("subject", subject);
        return String.join("\n", AuditColumns.page("machine", answer).render(120));
    }

    @Test
    void a_checkpoint_that_is_asked_for_with_a_backup_is_told_by_its_name() {
        assertThat(shown("{\"id\":\"01K1ZB3S0CVFG8YVYKJ3XBZ9QH\",\"name\":\"nightly\"}"))
                .contains("drift-found nightly")
                .doesNotContain("{");
    }

    /** Anybody who speaks to QEMU gives bitmaps names. */
    @ParameterizedTest
    @ValueSource(strings = {"{", "{nightly", "{\"name\":", "{}", "{\"name\":1}", "plain"})
    void what_a_stranger_has_called_like_the_beginning_of_a_document_is_shown_as_it_stands(String subject) {
        assertThat(shown(subject)).contains("drift-found " + subject);
    }
}
