package dev.tidemark.coordinator.view;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Questions about one machine's past, each one statement and each with a limit: a page shows the newest, however much there is.
 *
 * <p>All throw {@link StorageUnavailable} if the database does not answer.
 */
public final class HistoryQueries {
    /** {@code v} is the machine, and a day is one in UTC. */
    private static final String DAYS = FleetQueries.SPOILT + """
            , taken AS (
                SELECT (coalesce(b.started_at, b.completed_at, b.requested_at) AT TIME ZONE 'UTC')::date AS day, b.state,
                       b.verified_at, EXISTS (SELECT FROM spoilt s WHERE s.backup = b.id) AS damaged,
                       (%s) AS point
                  FROM tidemark.backup b JOIN tidemark.vm v ON v.id = b.vm
                 WHERE b.vm = ? AND coalesce(b.started_at, b.completed_at, b.requested_at) >= ?)
            SELECT day, count(*) FILTER (WHERE point) AS points,
                   count(*) FILTER (WHERE point AND verified_at IS NOT NULL AND NOT damaged) AS verified,
                   count(*) FILTER (WHERE point AND damaged) AS damaged,
                   count(*) FILTER (WHERE state IN ('DELETING', 'DELETED')) AS deleted,
                   count(*) FILTER (WHERE state IN ('FAILED', 'ABORTED')) AS failed
              FROM taken GROUP BY day ORDER BY day
            """.formatted(FleetQueries.RESTORE_POINT);

    private final DataSource source;

    public HistoryQueries(DataSource source) {
        this.source = source;
    }

    /** The newest backups, newest first, those that were deleted too. */
    public List<BackupView> newestBackups(MachineId machine, int limit) {
        return list(Shapes.BACKUP + " WHERE b.vm = ? ORDER BY b.version DESC LIMIT ?", Shapes::backup, machine, limit);
    }

    /** The newest checkpoints, newest first, whatever became of them. */
    public List<CheckpointView> newestCheckpoints(MachineId machine, int limit) {
        return list(
                Shapes.CHECKPOINT + " WHERE c.vm = ? ORDER BY c.version DESC LIMIT ?",
                Shapes::checkpoint,
                machine,
                limit);
    }

    /** The newest events of these stored names, newest first. */
    public List<EventView> newestEvents(MachineId machine, Collection<String> types, int limit) {
        return list("""
                SELECT sequence_number + 1 AS version, event_type, payload->>'at' AS at,
                       payload->>'operation' AS operation, metadata->>'caller' AS caller, payload::text AS payload
                  FROM tidemark.event_log
                 WHERE aggregate_identifier = ? AND event_type = ANY (?)
                 ORDER BY sequence_number DESC LIMIT ?
                """, Shapes::event, machine, types, limit);
    }

    /** The events of one operation, oldest first. */
    public List<EventView> eventsOf(MachineId machine, OperationId operation, int limit) {
        return list("""
                SELECT sequence_number + 1 AS version, event_type, payload->>'at' AS at,
                       payload->>'operation' AS operation, metadata->>'caller' AS caller, payload::text AS payload
                  FROM tidemark.event_log
                 WHERE aggregate_identifier = ? AND payload->>'operation' = ?
                 ORDER BY sequence_number LIMIT ?
                """, Shapes::event, machine, operation, limit);
    }

    /** The days since a moment on which there was any backup, oldest first. */
    public List<DayView> days(MachineId machine, Instant since) {
        return list(
                DAYS,
                row -> new DayView(
                        row.getObject("day", java.time.LocalDate.class),
                        row.getInt("points"),
                        row.getInt("verified"),
                        row.getInt("damaged"),
                        row.getInt("deleted"),
                        row.getInt("failed")),
                machine,
                since);
    }

    /** How much was marked in the hours since a moment, by disk and oldest first; hours of which nobody told are left out. */
    public List<DirtyHourView> dirtyHours(MachineId machine, Instant since) {
        return list(
                "SELECT disk, hour, bytes FROM tidemark.dirty_hour WHERE machine = ? AND hour >= ? ORDER BY disk, hour",
                row -> new DirtyHourView(
                        row.getString("disk"),
                        row.getObject("hour", OffsetDateTime.class).toInstant(),
                        row.getLong("bytes")),
                machine,
                since);
    }

    private <T> List<T> list(String text, Sql.Reader<T> reader, @Nullable Object... values) {
        try (Connection connection = source.getConnection()) {
            return Sql.list(connection, text, reader, values);
        } catch (SQLException failure) {
            throw new StorageUnavailable(failure);
        }
    }
}
