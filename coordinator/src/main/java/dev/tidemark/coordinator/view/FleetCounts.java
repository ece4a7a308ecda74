package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.json.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import tools.jackson.core.type.TypeReference;

/**
 * A fleet in figures, from indexes and tallies: what it costs follows from the number of machines, not from the length of their history.
 */
public final class FleetCounts {
    private static final TypeReference<Map<String, Long>> COUNTS = new TypeReference<>() {};

    private static final String MACHINES = FleetQueries.SPOILT + """
            SELECT v.id, v.name, v.host, v.registered_at,
                   (SELECT b.completed_at FROM tidemark.backup b
                     WHERE b.vm = v.id AND b.state = 'COMPLETED'
                       AND b.id NOT IN (SELECT s.backup FROM spoilt s)
                     ORDER BY b.version DESC LIMIT 1) AS last_backup,
                   (SELECT b.completed_at FROM tidemark.backup b
                     WHERE b.vm = v.id AND b.state = 'COMPLETED' AND b.verified_at IS NOT NULL
                       AND b.id NOT IN (SELECT s.backup FROM spoilt s)
                     ORDER BY b.version DESC LIMIT 1) AS last_verified,
                   (SELECT json_object_agg(t.label, t.amount) FROM tidemark.vm_tally t
                     WHERE t.vm = v.id AND t.measure = 'FULL') AS fulls
              FROM tidemark.vm v
             WHERE v.removed_at IS NULL AND (?::text IS NULL OR tidemark.is_reached(v.id, v.name, ?))
             ORDER BY v.name
            """;

    private final DataSource source;

    public FleetCounts(DataSource source) {
        this.source = source;
    }

    /** The whole fleet. */
    public FleetFigures all() {
        return ask(connection -> new FleetFigures(
                machines(connection, Optional.empty()),
                Sql.list(
                        connection,
                        """
                        SELECT split_part(label, ' ', 1) AS mode, split_part(label, ' ', 2) AS outcome,
                               sum(amount) AS backups
                          FROM tidemark.vm_tally WHERE measure = 'BACKUP' GROUP BY 1, 2 ORDER BY 1, 2
                        """,
                        row -> new FleetFigures.Outcome(
                                row.getString("mode"), row.getString("outcome"), row.getLong("backups"))),
                Sql.list(
                        connection,
                        """
                        SELECT label, sum(amount) FILTER (WHERE measure = 'DISK') AS disks,
                               sum(amount) FILTER (WHERE measure = 'BYTES') AS bytes
                          FROM tidemark.vm_tally WHERE measure IN ('DISK', 'BYTES') GROUP BY 1 ORDER BY 1
                        """,
                        row -> new FleetFigures.Copies(
                                row.getString("label"), row.getLong("disks"), row.getLong("bytes"))),
                Sql.list(
                        connection,
                        """
                        SELECT kind, state, count(*) AS operations, min(started_at) AS oldest
                          FROM tidemark.operation WHERE ended_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2
                        """,
                        row -> new FleetFigures.UnderWay(
                                OperationKind.valueOf(row.getString("kind")),
                                OperationState.valueOf(row.getString("state")),
                                row.getLong("operations"),
                                Objects.requireNonNull(Sql.instant(row, "oldest")))),
                Sql.list(
                                connection,
                                FleetQueries.SPOILT + "SELECT count(DISTINCT s.backup) AS damaged FROM spoilt s"
                                        + " JOIN tidemark.backup b ON b.id = s.backup WHERE b.state = 'COMPLETED'",
                                row -> row.getLong("damaged"))
                        .getFirst(),
                Sql.list(
                                connection,
                                "SELECT coalesce(max(global_index), 0) AS newest FROM tidemark.domain_event_entry",
                                row -> row.getLong("newest"))
                        .getFirst()));
    }

    /** The registered machines whose names match an expression. */
    public List<FleetFigures.MachineFigures> of(String machines) {
        return ask(connection -> machines(connection, Optional.of(machines)));
    }

    private interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private <T> T ask(Question<T> question) {
        try (Connection connection = source.getConnection()) {
            return question.ask(connection);
        } catch (SQLException failure) {
            throw new StorageUnavailable(failure);
        }
    }

    private static List<FleetFigures.MachineFigures> machines(Connection connection, Optional<String> names)
            throws SQLException {
        return Sql.list(connection, MACHINES, FleetCounts::machine, names, names);
    }

    private static FleetFigures.MachineFigures machine(ResultSet row) throws SQLException {
        Map<FullCause, Long> fulls = new EnumMap<>(FullCause.class);
        String counted = row.getString("fulls");
        if (counted != null) {
            Json.MAPPER
                    .readValue(counted, COUNTS)
                    .forEach((cause, count) -> fulls.put(FullCause.valueOf(cause), count));
        }
        return new FleetFigures.MachineFigures(
                row.getString("id"),
                row.getString("name"),
                row.getString("host"),
                Objects.requireNonNull(Sql.instant(row, "registered_at")),
                Optional.ofNullable(Sql.instant(row, "last_backup")),
                Optional.ofNullable(Sql.instant(row, "last_verified")),
                fulls);
    }
}
