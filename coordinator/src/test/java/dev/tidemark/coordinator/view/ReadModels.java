package dev.tidemark.coordinator.view;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.schema.json.EventNames;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The read models under test: events go in as the ledger puts them in, rows come out. */
final class ReadModels {
    private final Database database;

    ReadModels(Database database) {
        this.database = database;
    }

    /** Tells a story as commands are recorded that were committed together: all of its events in one breath. */
    void tellTogether(Story story) throws SQLException {
        try (Connection connection = database.application().getConnection()) {
            Projection.applyAll(
                    connection,
                    story.told().stream()
                            .map(told -> new Projection.Numbered(told.event(), told.version(), told.metadata()))
                            .toList());
        }
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

    /** Puts stories into the log, as the ledger stores them. */
    void log(Story... stories) throws SQLException {
        try (Connection connection = database.application().getConnection()) {
            for (Story story : stories) {
                for (Story.Told told : story.told()) {
                    Sql.change(
                            connection,
                            """
                            INSERT INTO tidemark.domain_event_entry
                                (event_identifier, aggregate_identifier, sequence_number, type, time_stamp, payload_type,
                                 payload, meta_data)
                            VALUES (?, ?, ?, 'machine', ?, ?, ?::json, ?::json)
                            """,
                            story.machine() + "-" + told.version(),
                            story.machine(),
                            told.version() - 1,
                            told.event().at().toString(),
                            EventNames.nameOf(told.event().getClass()),
                            Json.MAPPER.writeValueAsString(told.event()),
                            Json.MAPPER.writeValueAsString(told.metadata()));
                }
            }
        }
    }

    /** A migration as it is shipped. */
    static String migration(String name) throws IOException {
        try (InputStream file = ReadModels.class.getResourceAsStream("/db/migration/" + name + ".sql")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
