package dev.tidemark.coordinator.nthcall;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.view.Projection;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;

/** The read models of all machines, held against what a fresh replay of the log makes of them. */
final class ReadModels {
    private final Database database;
    private Set<String> judged = Set.of();
    private long judgedUpTo;

    ReadModels(Database database) {
        this.database = database;
    }

    /** Rows that differ from a replay of all that was appended since the last call; nothing else may have changed. */
    Set<String> differences() {
        try (Connection connection = database.migration().getConnection()) {
            connection.setAutoCommit(false);
            Set<String> kept = rows(connection);
            for (String table : Projection.TABLES) {
                run(connection, "TRUNCATE tidemark." + table);
            }
            for (StoredLog.Entry entry : StoredLog.after(database.application(), judgedUpTo)) {
                Projection.apply(connection, entry.event(), entry.version(), entry.metadata());
            }
            Set<String> replayed = rows(connection);
            connection.rollback();
            replayed.addAll(judged);
            judged = kept;
            judgedUpTo = PlainSql.number(
                    database.application(), "SELECT coalesce(max(global_index), 0) FROM tidemark.domain_event_entry");
            return symmetricDifference(kept, replayed);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static Set<String> symmetricDifference(Set<String> kept, Set<String> replayed) {
        Set<String> differences = new TreeSet<>();
        kept.stream().filter(row -> !replayed.contains(row)).forEach(row -> differences.add("only kept: " + row));
        replayed.stream().filter(row -> !kept.contains(row)).forEach(row -> differences.add("only replayed: " + row));
        return differences;
    }

    private static Set<String> rows(Connection connection) throws SQLException {
        Set<String> rows = new TreeSet<>();
        for (String table : Projection.TABLES) {
            try (Statement statement = connection.createStatement();
                    ResultSet found =
                            statement.executeQuery("SELECT to_jsonb(t)::text FROM tidemark." + table + " t")) {
                while (found.next()) {
                    rows.add(table + " " + found.getString(1));
                }
            }
        }
        return rows;
    }

    private static void run(Connection connection, String command) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }
}
