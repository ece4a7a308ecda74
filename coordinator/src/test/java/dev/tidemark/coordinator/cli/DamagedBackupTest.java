package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.schema.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A person sees which restore points are spoilt, and by whose file. */
class DamagedBackupTest {
    private static final String BELOW = "01K1ZB0000000000000000BK00";
    private static final JsonNode SPOILT = Json.MAPPER.readTree(Answers.BACKUP
            .replace("\"error\":null", "\"error\":null,\"damaged\":true,\"verifiedBy\":\"auditor\"")
            .replace("\"verifiedAt\":null", "\"verifiedAt\":\"2026-07-02T10:00:00Z\"")
            .replace("\"sha256\":\"aa\"", "\"sha256\":\"aa\",\"damage\":null,\"damagedBy\":[\"" + BELOW + "\"]")
            .replace("\"sha256\":\"bb\"", "\"sha256\":\"bb\",\"damage\":\"vdb.qcow2: is gone\",\"damagedBy\":[]"));

    @Test
    void the_list_marks_them() {
        assertThat(shown(BackupPages.list(Json.MAPPER.readTree("{\"backups\":[" + SPOILT + "]}"))))
                .contains("COMPLETED (damaged)");
        assertThat(shown(BackupPages.list(Json.MAPPER.readTree("{\"backups\":[" + Answers.BACKUP + "]}"))))
                .doesNotContain("damaged");
    }

    @Test
    void the_page_of_one_names_the_file_and_the_backup_below_and_who_verified() {
        assertThat(shown(BackupPages.one(SPOILT)))
                .contains("vdb is damaged: vdb.qcow2: is gone")
                .contains("vda is restored from the damaged file of backup " + BELOW)
                .contains("by          auditor")
                .contains("damaged     yes");
    }

    private static String shown(Page page) {
        List<String> lines = page.render(200);
        return String.join("\n", lines);
    }
}
