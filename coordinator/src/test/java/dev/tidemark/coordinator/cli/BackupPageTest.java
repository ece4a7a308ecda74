package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.schema.json.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a person sees of a backup that is under way, or that somebody reads. */
class BackupPageTest {
    private static final String STALLED = "\"progress\":{\"phase\":\"copy\",\"bytesDone\":5,\"bytesTotal\":10,"
            + "\"bytesPerSecond\":null,\"secondsLeft\":null,\"stalledSince\":\"2026-07-02T10:00:00Z\","
            + "\"awaits\":\"the last write to its target\"}";

    @Test
    void what_stands_still_says_since_when_and_what_it_awaits() {
        JsonNode backup = with(STALLED);
        assertThat(shown(BackupPages.one(backup)))
                .containsPattern("stands still +since 2026-07-02.10:00:00.*: the last write to its target");
        assertThat(shown(OperationPages.operation(backup))).contains(": the last write to its target");
        assertThat(shown(BackupPages.one(with(STALLED.replace("\"the last write to its target\"", "null")))))
                .doesNotContain("stands still");
    }

    @Test
    void what_somebody_reads_lists_its_exports() {
        assertThat(shown(BackupPages.one(
                        with("\"exports\":[\"01K1ZB0000000000000000EX01\",\"01K1ZB0000000000000000EX02\"]"))))
                .containsPattern("exports +01K1ZB0000000000000000EX01 01K1ZB0000000000000000EX02");
        assertThat(shown(BackupPages.one(with("\"exports\":[]")))).doesNotContain("exports");
    }

    private static JsonNode with(String members) {
        return Json.MAPPER.readTree(Answers.BACKUP.replace("\"error\":null", "\"error\":null," + members));
    }

    private static String shown(Page page) {
        return String.join("\n", page.render(300));
    }
}
