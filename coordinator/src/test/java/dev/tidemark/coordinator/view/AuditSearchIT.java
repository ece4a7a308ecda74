package dev.tidemark.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked for most among a million acts is found by an index: the condition that we ask with is the one that the index is for. */
class AuditSearchIT {
    private static final Database DATABASE = TestDatabase.fresh();

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    /** With nothing in the tables yet the server would rather read them, so that is forbidden. */
    private static String plan(String view, String condition) throws SQLException {
        return plan("tidemark." + view + " WHERE " + condition + " ORDER BY at, place COLLATE \"C\" LIMIT 100");
    }

    private static String plan(String query) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (Connection connection = DATABASE.application().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL enable_seqscan = off");
            try (ResultSet lines = statement.executeQuery("EXPLAIN SELECT * FROM " + query)) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
            connection.rollback();
        }
        return plan.toString();
    }

    @Test
    void deletions_and_restores_are_found_by_their_indexes() throws SQLException {
        assertThat(plan("audit_recorded_act", AuditQuestions.DELETIONS)).contains("act_entry_deletions");
        assertThat(plan("audit_accepted_act", AuditQuestions.DELETIONS)).contains("operation_deletions");
        assertThat(plan("audit_recorded_act", AuditQuestions.RESTORES)).contains("act_entry_restores");
        assertThat(plan("audit_accepted_act", AuditQuestions.RESTORES)).contains("operation_restores");
        assertThat(plan("audit_recorded_act", "decision <> 'ALLOWED'")).contains("act_entry_not_allowed");
    }

    @Test
    void forced_fulls_and_verified_backups_are_found_by_their_indexes() throws SQLException {
        assertThat(plan("audit_forced_full", "true")).contains("backup_disk_forced");
        assertThat(plan("tidemark.backup_disk WHERE kind = 'FULL'"))
                .as("all fulls are not the forced ones")
                .doesNotContain("backup_disk_forced");
        assertThat(plan("tidemark.audit_restore_point WHERE verified_at IS NULL ORDER BY registered_at LIMIT 100"))
                .contains("backup_verified_by_time", "hashed SubPlan");
    }

    @Test
    void another_condition_is_not_answered_by_them() throws SQLException {
        assertThat(plan("audit_recorded_act", AuditQuestions.DELETIONS.replace("MERGE_BACKUP", "MERGE")))
                .doesNotContain("act_entry_deletions");
    }

    /** A search that finds nothing reads everything: then at least no document is taken apart, and no event looked up. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "audit_recorded_act|caller LIKE 'nobody'",
                "audit_recorded_act|vm = 'web' OR vm_id = 'web'",
                "audit_recorded_act|act ILIKE 'x' OR route ILIKE 'x' OR target ILIKE 'x'",
                "audit_accepted_act|act ILIKE 'x' OR route ILIKE 'x' OR target ILIKE 'x'",
                "audit_accepted_act|caller LIKE 'nobody'"
            })
    void what_is_searched_for_stands_in_a_column(String view, String condition) throws SQLException {
        assertThat(plan(view, condition).lines().filter(line -> line.contains("Filter:")))
                .isNotEmpty()
                .noneMatch(line -> line.contains("->>"));
    }
}
