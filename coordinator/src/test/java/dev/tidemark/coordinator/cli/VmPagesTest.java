package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.json.Json;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class VmPagesTest {
    private static final JsonNode NONE = Json.MAPPER.readTree("{\"vms\":[]}");

    @Test
    void a_list_that_is_empty_because_of_a_label_does_not_say_that_there_are_no_machines() {
        assertThat(VmPages.list(NONE, Optional.of("env=test")).render(60))
                .containsExactly("no machine has the label env=test");
        assertThat(VmPages.list(NONE, Optional.empty()).render(60))
                .containsExactly("no machines; add one with: tidemark vm add NAME --qmp SOCKET");
    }
}
