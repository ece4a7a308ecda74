package dev.tidemark.coordinator.view;

import dev.tidemark.coordinator.ledger.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The read models under test: events go in as the ledger puts them in, rows come out. */
final class ReadModels {
    private final Database database;

    ReadModels(Database database) {
        this.database = database;
    }

    void tell(Story... stories) throws SQLException {
        for (Story story : stories) {
            tell(story.told());
        }
    }

    /** One transaction, with the rights of the application. */
    void tell(List<Story.Told> events) throws SQLException {
        try (Connection connection = database.application().getConnection()) {
            connection.setAutoCommit(false);
            try {
                for (Story.Told told : events) {
                    Projection.apply(connection, told.event(), told.version(), told.metadata());
                }
                connection.commit();
            } catch (SQLException | RuntimeException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    void empty() throws SQLException {
        try (Connection connection = database.migration().getConnection()) {
            for (String table : Projection.TABLES) {
                Sql.change(connection, "TRUNCATE tidemark." + table);
            }
        }
    }

    /** Every row of every table. */
    Map<String, List<String>> rows() throws SQLException {
        Map<String, List<String>> rows = new TreeMap<>();
        try (Connection connection = database.application().getConnection()) {
            for (String table : Projection.TABLES) {
                rows.put(
                        table,
                        Sql.list(
                                connection,
                                "SELECT to_jsonb(t)::text AS row FROM tidemark." + table + " t ORDER BY 1",
                                row -> row.getString("row")));
            }
        }
        return rows;
    }

    /** The tables that are there, except those of the log. */
    List<String> tables() throws SQLException {
        try (Connection connection = database.application().getConnection()) {
            return Sql.list(connection, """
                    SELECT table_name FROM information_schema.tables
                     WHERE table_schema = 'tidemark' AND table_type = 'BASE TABLE' AND table_name NOT LIKE '%\\_entry'
                     ORDER BY 1
                    """, row -> row.getString("table_name"));
        }
    }
}
