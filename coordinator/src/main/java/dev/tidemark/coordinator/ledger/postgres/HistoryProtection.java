package dev.tidemark.coordinator.ledger.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Looks whether the log can be rewritten in the ordinary way: by the application's role, or by the owner without first
 * taking the triggers off. Asks the server itself, not our own migrations, because grants are changed by people.
 */
public final class HistoryProtection {
    /** Each row is a finding, in words. */
    private static final String FINDINGS = """
            WITH book (name, relation, chaining) AS (VALUES
                 ('events', 'tidemark.domain_event_entry', 'tidemark.chain_record'),
                 ('acts', 'tidemark.act_entry', 'tidemark.chain_act'),
                 ('tokens', 'tidemark.api_token_entry', 'tidemark.chain_token'))
            SELECT 'the application role may ' || lower(privilege) || ' ' || name
              FROM book, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
             WHERE has_table_privilege('tidemark_application', relation, privilege)
                OR privilege = 'UPDATE' AND has_any_column_privilege('tidemark_application', relation, 'UPDATE')
            UNION ALL
            SELECT 'the application role is a superuser' FROM pg_roles
             WHERE rolname = 'tidemark_application' AND rolsuper
            UNION ALL
            SELECT 'the application role can act as the owner of the ' || name FROM book JOIN pg_class ON pg_class.oid = relation::regclass
             WHERE pg_has_role('tidemark_application', relowner, 'MEMBER')
            UNION ALL
            SELECT 'the trigger against ' || operation || ' of ' || name || ' is missing or switched off'
              FROM book, (VALUES ('DELETE', 8), ('UPDATE', 16), ('TRUNCATE', 32)) AS guarded (operation, bit)
             WHERE NOT EXISTS (
                   SELECT FROM pg_trigger
                    WHERE tgrelid = relation::regclass
                      AND tgfoid = 'tidemark.refuse_to_rewrite_history'::regproc
                      AND tgenabled = 'A' AND tgqual IS NULL AND tgattr::text = '' AND tgtype & bit = bit)
            UNION ALL
            SELECT 'the trigger that chains what is appended to the ' || name || ' is missing or switched off'
              FROM book
             WHERE NOT EXISTS (
                   SELECT FROM pg_trigger
                    WHERE tgrelid = relation::regclass
                      AND tgfoid = chaining::regproc
                      AND tgenabled = 'A' AND tgqual IS NULL AND tgtype = 7)
            """;

    private HistoryProtection() {}

    /** What would allow history to be rewritten; empty when all is well. */
    public static List<String> findings(DataSource source) throws SQLException {
        List<String> findings = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(FINDINGS)) {
            while (rows.next()) {
                findings.add(rows.getString(1));
            }
        }
        return List.copyOf(findings);
    }

    static void check(DataSource source, String where) {
        try {
            List<String> findings = findings(source);
            if (!findings.isEmpty()) {
                throw new DatabaseRefused.HistoryUnprotected(findings);
            }
        } catch (SQLException failure) {
            throw new DatabaseRefused.Unreachable(where, String.valueOf(failure.getMessage()), failure);
        }
    }
}
