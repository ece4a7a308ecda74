package dev.tidemark.coordinator.ledger.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.coordinator.view.Projection;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody rewrites the log; and the check that says so goes red when somebody could. */
class HistoryProtectionIT {
    private static final Database DATABASE = TestDatabase.fresh();

    @BeforeAll
    static void oneEvent() throws SQLException {
        run(
                DATABASE.application(),
                "INSERT INTO tidemark.domain_event_entry (event_identifier, aggregate_identifier, sequence_number, type,"
                        + " time_stamp, payload_type, payload, meta_data)"
                        + " VALUES ('e', 'm', 0, 'machine', 't', 'x.v1', '{}', '{}')");
    }

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE tidemark.domain_event_entry SET payload = '{}'",
                "DELETE FROM tidemark.domain_event_entry",
                "TRUNCATE tidemark.domain_event_entry",
                "ALTER TABLE tidemark.domain_event_entry ADD COLUMN more text",
                "ALTER TABLE tidemark.domain_event_entry DISABLE TRIGGER ALL",
                "DROP TABLE tidemark.domain_event_entry",
                "DROP TRIGGER history_is_not_rewritten ON tidemark.domain_event_entry",
                "CREATE TABLE tidemark.more (text text)",
                "SET ROLE tidemark_owner",
                "SELECT setval('tidemark.domain_event_entry_global_index_seq', 1)",
                "UPDATE tidemark.act_entry SET content = '{}'",
                "DELETE FROM tidemark.act_entry",
                "TRUNCATE tidemark.act_entry",
                "DROP TABLE tidemark.act_entry",
                "ALTER TABLE tidemark.act_entry DISABLE TRIGGER record_is_chained",
                "SELECT setval('tidemark.act_entry_number_seq', 1)",
                "UPDATE tidemark.api_token_entry SET role = 'ADMIN'",
                "DELETE FROM tidemark.api_token_entry",
                "TRUNCATE tidemark.api_token_entry",
                "DROP TABLE tidemark.api_token_entry",
                "ALTER TABLE tidemark.api_token_entry DISABLE TRIGGER history_is_not_rewritten",
                "CREATE OR REPLACE FUNCTION tidemark.chain_act() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE OR REPLACE FUNCTION tidemark.chain_record() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "ALTER FUNCTION tidemark.chain_token() RENAME TO other",
                "DROP FUNCTION tidemark.record_digest CASCADE",
                "DROP VIEW tidemark.audit_act CASCADE",
                "SET session_replication_role = replica"
            })
    void the_application_cannot_touch_history(String command) {
        assertThatThrownBy(() -> run(DATABASE.application(), command))
                .isInstanceOf(SQLException.class)
                .hasMessageMatching("(?s).*(permission denied|must be owner).*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE tidemark.domain_event_entry SET payload = '{}'",
                "UPDATE tidemark.domain_event_entry SET payload = '{}' WHERE false",
                "DELETE FROM tidemark.domain_event_entry",
                "TRUNCATE tidemark.domain_event_entry",
                "UPDATE tidemark.act_entry SET content = '{}'",
                "DELETE FROM tidemark.act_entry",
                "TRUNCATE tidemark.act_entry",
                "UPDATE tidemark.api_token_entry SET role = 'ADMIN'",
                "DELETE FROM tidemark.api_token_entry"
            })
    void the_owner_is_stopped_by_the_triggers(String command) {
        assertThatThrownBy(() -> run(DATABASE.migration(), command)).hasMessageContaining("append-only");
    }

    /** What is derived from history, or holds none: of everything else nothing is ever changed or taken away. */
    private static final Set<String> NO_HISTORY = Set.of(
            "dashboard_session_entry",
            "dirty_hour",
            "flyway_schema_history",
            "gateway_lease",
            "job_place",
            "look_request",
            "machine_sight",
            "operation_progress",
            "snapshot_event_entry",
            "token_entry",
            "webhook",
            "webhook_dead_letter");

    private static Set<String> history(DataSource source) throws SQLException {
        Set<String> tables = new TreeSet<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
                        + " AND relnamespace = 'tidemark'::regnamespace")) {
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
        }
        tables.removeAll(NO_HISTORY);
        Projection.TABLES.forEach(tables::remove);
        return tables;
    }

    /** A table that a later migration brings is history until it is named above. */
    @Test
    void every_table_that_is_not_known_to_be_none_is_history_and_nobody_can_change_it() throws SQLException {
        assertThat(history(DATABASE.migration()))
                .containsExactlyInAnyOrder("act_entry", "api_token_entry", "domain_event_entry");
        for (String table : history(DATABASE.migration())) {
            for (String command : List.of(
                    "UPDATE tidemark." + table + " SET record_hash = record_hash",
                    "DELETE FROM tidemark." + table,
                    "TRUNCATE tidemark." + table)) {
                assertThatThrownBy(() -> run(DATABASE.application(), command))
                        .hasMessageContaining("permission denied");
                assertThatThrownBy(() -> run(DATABASE.migration(), command)).hasMessageContaining("append-only");
            }
        }
    }

    @Test
    void a_table_that_nobody_has_thought_of_is_found() throws SQLException {
        try (Database scratch = TestDatabase.fresh()) {
            run(scratch.migration(), "CREATE TABLE tidemark.forgotten (text text)");
            assertThat(history(scratch.migration())).contains("forgotten");
        }
    }

    @Test
    void all_is_well_as_migrated() throws SQLException {
        assertThat(HistoryProtection.findings(DATABASE.migration())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GRANT UPDATE ON tidemark.domain_event_entry TO tidemark_application | may update events",
                "GRANT UPDATE (payload) ON tidemark.domain_event_entry TO tidemark_application | may update events",
                "GRANT DELETE ON tidemark.domain_event_entry TO PUBLIC | may delete events",
                "GRANT TRUNCATE ON tidemark.domain_event_entry TO tidemark_application | may truncate events",
                "ALTER TABLE tidemark.domain_event_entry DISABLE TRIGGER history_is_not_rewritten | switched off",
                "ALTER TABLE tidemark.domain_event_entry ENABLE TRIGGER history_is_not_rewritten | switched off",
                "DROP TRIGGER history_is_not_rewritten ON tidemark.domain_event_entry | missing",
                "ALTER TABLE tidemark.domain_event_entry DISABLE TRIGGER record_is_chained | chains what is appended",
                "DROP TRIGGER record_is_chained ON tidemark.domain_event_entry | chains what is appended",
                "GRANT UPDATE (content) ON tidemark.act_entry TO tidemark_application | may update acts",
                "GRANT DELETE ON tidemark.api_token_entry TO tidemark_application | may delete tokens",
                "ALTER TABLE tidemark.act_entry DISABLE TRIGGER record_is_chained | appended to the acts",
                "DROP TRIGGER history_is_not_rewritten ON tidemark.api_token_entry | DELETE of tokens"
            })
    void each_sabotage_is_found(String sabotage, String finding) throws SQLException {
        try (Database scratch = TestDatabase.fresh()) {
            run(scratch.migration(), sabotage);
            List<String> findings = HistoryProtection.findings(scratch.migration());
            assertThat(findings).anyMatch(text -> text.contains(finding));
        }
    }

    private static void run(DataSource source, String command) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }
}
