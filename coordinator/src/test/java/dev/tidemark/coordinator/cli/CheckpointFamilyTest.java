package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Parents may be named by id or by name; names come back after a deletion, ids never. */
class CheckpointFamilyTest {
    private static JsonNode checkpoint(String id, String name, String parent, String state) {
        return Json.MAPPER.readTree("{\"id\":\"" + id + "\",\"name\":\"" + name + "\",\"parent\":" + parent
                + ",\"state\":\"" + state + "\",\"disks\":[{\"disk\":\"vda\",\"state\":\"HEALTHY\"}]}");
    }

    private static final CheckpointFamily FAMILY = new CheckpointFamily(List.of(
            checkpoint("1", "base", "null", "CREATED"),
            checkpoint("2", "daily", "\"1\"", "DELETED"),
            checkpoint("3", "daily", "\"2\"", "CREATED"),
            checkpoint("4", "other", "\"base\"", "CREATED"),
            checkpoint("5", "alone", "\"gone\"", "CREATED"),
            checkpoint("6", "self", "\"6\"", "CREATED")));

    private static List<String> ids(List<JsonNode> checkpoints) {
        return checkpoints.stream().map(CheckpointFamily::id).toList();
    }

    @Test
    void descendants_are_found_through_deleted_ones() {
        assertThat(ids(FAMILY.descendants(FAMILY.find("base").orElseThrow()))).containsExactly("2", "3", "4");
        assertThat(ids(FAMILY.descendants(FAMILY.find("daily").orElseThrow()))).isEmpty();
    }

    @Test
    void a_name_is_that_of_the_newest() {
        assertThat(FAMILY.find("daily").map(CheckpointFamily::id)).contains("3");
    }

    @Test
    void roots_and_leaves() {
        assertThat(ids(FAMILY.roots())).containsExactly("1", "5", "6");
        assertThat(ids(FAMILY.leaves())).containsExactly("3", "4", "5", "6");
    }

    @Test
    void only_forks_are_indented() {
        assertThat(FAMILY.drawing(80))
                .containsExactly(
                        "* base  vda",
                        "|\\",
                        "| * daily  vda DELETED",
                        "| |",
                        "| * daily  vda",
                        "|",
                        "* other  vda",
                        "* alone  vda",
                        "* self  vda");
    }
}
