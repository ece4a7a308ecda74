package dev.tidemark.coordinator.view;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.Ulid;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The questions that readers may ask. Each is one statement, so that its answer is one moment's. Every list is in the
 * order of the log.
 *
 * <p>All throw {@link StorageUnavailable} if the database does not answer.
 */
public final class Queries {
    static final String LIVE_CHECKPOINT = " AND c.state IN ('REQUESTED', 'CREATED', 'DELETING')";

    /** Whether a machine's name matches an expression, if there is one. */
    private static final String OF_MACHINES =
            "(?::text IS NULL OR %s IN (SELECT known.id FROM tidemark.vm known WHERE tidemark.is_reached(known.id, known.name, ?)))";

    private final DataSource source;

    public Queries(DataSource source) {
        this.source = source;
    }

    /** A machine by its id, also after it was removed, or by the name under which it is registered now. */
    public Optional<MachineReference> find(String nameOrId) {
        return one(
                """
                SELECT id, name, host, removed_at FROM tidemark.vm
                 WHERE id = ? OR (name = ? AND removed_at IS NULL)
                 ORDER BY (id = ?) DESC LIMIT 1
                """,
                row -> new MachineReference(
                        new MachineId(row.getString("id")),
                        new MachineName(row.getString("name")),
                        new HostName(row.getString("host")),
                        row.getObject("removed_at") != null),
                nameOrId,
                nameOrId,
                nameOrId);
    }

    /** The registered machines, by name. */
    public List<MachineView> machines() {
        return list(Shapes.MACHINE + " WHERE v.removed_at IS NULL ORDER BY v.name", Shapes::machine);
    }

    /** The hosts of the registered machines that are reached so ({@code tidemark.is_reached}). */
    public Set<String> hosts(String restriction) {
        return Set.copyOf(list("""
                        SELECT DISTINCT host FROM tidemark.vm
                         WHERE removed_at IS NULL AND tidemark.is_reached(id, name, ?)
                        """, row -> row.getString("host"), restriction));
    }

    /** How many events each registered machine has. */
    public Map<MachineId, Long> versions() {
        return list("""
                        SELECT v.id, (SELECT max(e.sequence_number) + 1 FROM tidemark.event_log e
                                       WHERE e.aggregate_identifier = v.id) AS version
                          FROM tidemark.vm v WHERE v.removed_at IS NULL
                        """, row -> Map.entry(new MachineId(row.getString("id")), row.getLong("version"))).stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** How many events a machine has; 0 if there is none of this id. */
    public long version(MachineId machine) {
        return one(
                        "SELECT coalesce(max(sequence_number) + 1, 0) AS version FROM tidemark.domain_event_entry"
                                + " WHERE aggregate_identifier = ?",
                        row -> row.getLong("version"),
                        machine)
                .orElse(0L);
    }

    /** Removed machines that were found there, the last to leave first; of very many those from longest ago do not matter. */
    public List<MachineId> formers(HostName host, String qmpSocket) {
        return list("""
                        SELECT id FROM tidemark.vm WHERE removed_at IS NOT NULL AND host = ? AND qmp = ?
                         ORDER BY removed_at DESC, id DESC LIMIT 8
                        """, row -> new MachineId(row.getString("id")), host, qmpSocket);
    }

    public Optional<MachineView> machine(MachineId machine) {
        return one(Shapes.MACHINE + " WHERE v.id = ? AND v.removed_at IS NULL", Shapes::machine, machine);
    }

    /** A machine's checkpoints, oldest first; those that failed or were deleted only if they are asked for. */
    public List<CheckpointView> checkpoints(MachineId machine, boolean alsoGone) {
        return list(
                Shapes.CHECKPOINT + " WHERE c.vm = ?" + (alsoGone ? "" : LIVE_CHECKPOINT) + " ORDER BY c.version",
                Shapes::checkpoint,
                machine);
    }

    /** A checkpoint by its id, whatever became of it, or by its name while it lives. */
    public Optional<CheckpointView> checkpoint(MachineId machine, String nameOrId) {
        return one(
                Shapes.CHECKPOINT + " WHERE c.vm = ? AND (c.id = ? OR (c.name = ?" + LIVE_CHECKPOINT + "))"
                        + " ORDER BY (c.id = ?) DESC, c.version DESC LIMIT 1",
                Shapes::checkpoint,
                machine,
                nameOrId,
                nameOrId,
                nameOrId);
    }

    /** A machine's backups, oldest first; of one repository or of all; those that were deleted only if they are asked for. */
    public List<BackupView> backups(MachineId machine, Optional<RepositoryName> repository, boolean alsoDeleted) {
        return list(
                Shapes.BACKUP + " WHERE b.vm = ? AND (?::text IS NULL OR b.repository = ?)"
                        + (alsoDeleted ? "" : " AND b.state <> 'DELETED'") + " ORDER BY b.version",
                Shapes::backup,
                machine,
                repository,
                repository);
    }

    /**
     * The backups whose id begins so; two at most, which is enough to know that the beginning is ambiguous.
     *
     * @param machines only those of machines whose names match this expression
     */
    public List<BackupView> backupsBeginning(String idOrPrefix, Optional<String> machines) {
        // A range instead of LIKE: it uses the primary key's index under every collation, and no character is special.
        return list(
                Shapes.BACKUP + " WHERE b.id BETWEEN ? AND ? AND " + OF_MACHINES.formatted("b.vm")
                        + " ORDER BY b.id LIMIT 2",
                Shapes::backup,
                idOrPrefix,
                idOrPrefix + "Z".repeat(Ulid.LENGTH),
                machines,
                machines);
    }

    public Optional<BackupView> backup(BackupId backup) {
        return one(Shapes.BACKUP + " WHERE b.id = ?", Shapes::backup, backup);
    }

    /**
     * The newest completed backup that holds all these disks; of one repository or of all; if a moment is given, the
     * newest whose own moment is surely not after it.
     *
     * <p>A backup's own moment is that of its transaction, which no clock of ours has seen. It lies before the look that
     * first saw the backup at work, and if none did because it was over already, before the look that saw it completed.
     */
    public Optional<BackupView> newestCompleted(
            MachineId machine, Optional<RepositoryName> repository, Optional<Instant> at, Collection<DiskName> disks) {
        return one(Shapes.BACKUP + """
                         WHERE b.vm = ? AND b.state = 'COMPLETED' AND b.mode = 'PUSH'
                           AND (?::text IS NULL OR b.repository = ?)
                           AND (?::timestamptz IS NULL OR COALESCE(b.started_at, b.completed_at) <= ?)
                           AND ?::text[] <@ ARRAY(SELECT d.disk FROM tidemark.backup_disk d
                                                   WHERE d.backup = b.id AND d.file IS NOT NULL)
                           AND NOT EXISTS (SELECT 1 FROM tidemark.backup_disk e
                                            WHERE e.backup = b.id AND (e.file LIKE '/%' OR e.file LIKE 'nbd%'))
                         ORDER BY b.version DESC LIMIT 1
                        """, Shapes::backup, machine, repository, repository, at, at, disks);
    }

    /** What is served of a machine's backups, oldest first; those that have ended only if they are asked for. */
    public List<ExportView> exports(MachineId machine, boolean alsoEnded) {
        return list(
                Shapes.EXPORT + " WHERE x.vm = ?" + (alsoEnded ? "" : " AND x.ended_at IS NULL")
                        + " ORDER BY x.version",
                Shapes::export,
                machine);
    }

    /** The exports whose id begins so; as {@link #backupsBeginning}. */
    public List<ExportView> exportsBeginning(String idOrPrefix, Optional<String> machines) {
        return list(
                Shapes.EXPORT + " WHERE x.id BETWEEN ? AND ? AND " + OF_MACHINES.formatted("x.vm")
                        + " ORDER BY x.id LIMIT 2",
                Shapes::export,
                idOrPrefix,
                idOrPrefix + "Z".repeat(Ulid.LENGTH),
                machines,
                machines);
    }

    public Optional<OperationView> operation(OperationId operation) {
        return one(Shapes.OPERATION + " WHERE o.id = ?", Shapes::operation, operation);
    }

    /** A machine's newest operations, oldest of them first. */
    public List<OperationView> operations(MachineId machine, int limit) {
        return list(
                "SELECT * FROM (" + Shapes.OPERATION + " WHERE o.vm = ? ORDER BY o.version DESC LIMIT ?) newest"
                        + " ORDER BY version",
                Shapes::operation,
                machine,
                limit);
    }

    /** Those of the operations that have ended. */
    public Set<OperationId> ended(Collection<OperationId> operations) {
        return list(
                        "SELECT id FROM tidemark.operation WHERE id = ANY (?) AND ended_at IS NOT NULL",
                        row -> new OperationId(row.getString("id")),
                        operations)
                .stream()
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A machine's log behind a version, oldest first. */
    public List<EventView> events(MachineId machine, long after, int limit) {
        return list("""
                SELECT sequence_number + 1 AS version, event_type, payload->>'at' AS at,
                       payload->>'operation' AS operation, metadata->>'caller' AS caller, payload::text AS payload
                  FROM tidemark.event_log
                 WHERE aggregate_identifier = ? AND sequence_number >= ?
                 ORDER BY sequence_number LIMIT ?
                """, Shapes::event, machine, after, limit);
    }

    /** Events of the whole log behind an index and up to another, oldest first. */
    public List<LoggedEvent> log(long after, long upTo, LogFilter filter, int limit) {
        return list(
                Shapes.LOGGED_EVENT + """
                         WHERE e.global_index > ? AND e.global_index <= ?
                           AND (?::text IS NULL OR e.aggregate_identifier = ?)
                           AND (?::text IS NULL OR e.payload->>'operation' = ?)
                           AND (? OR e.payload_type = ANY (?))
                        """ + " AND " + OF_MACHINES.formatted("e.aggregate_identifier")
                        + " ORDER BY e.global_index LIMIT ?",
                Shapes::loggedEvent,
                after,
                upTo,
                filter.machine(),
                filter.machine(),
                filter.operation(),
                filter.operation(),
                filter.types().isEmpty(),
                filter.types(),
                filter.machines(),
                filter.machines(),
                limit);
    }

    /** The id of the event with this index, if there is one. */
    public Optional<String> eventAt(long index) {
        return one(
                "SELECT event_identifier FROM tidemark.domain_event_entry WHERE global_index = ?",
                row -> row.getString("event_identifier"),
                index);
    }

    /** Which operation a caller's key has started, and by which request. */
    public Optional<Remembered> remembered(String caller, String idempotencyKey) {
        return one(
                "SELECT request_hash, operation FROM tidemark.idempotency WHERE caller = ? AND key = ?",
                row -> new Remembered(row.getString("request_hash"), new OperationId(row.getString("operation"))),
                caller,
                idempotencyKey);
    }

    /** What an idempotency key stands for. */
    public record Remembered(String requestHash, OperationId operation) {}

    /** The version of the database server. */
    public String serverVersion() {
        return one("SELECT current_setting('server_version') AS version", row -> row.getString("version"))
                .orElseThrow();
    }

    /** Whether the database answers. */
    public boolean answers(Duration limit) {
        try (Connection connection = source.getConnection()) {
            return connection.isValid((int) Math.max(1, limit.toSeconds()));
        } catch (SQLException unavailable) {
            return false;
        }
    }

    private <T> Optional<T> one(String text, Sql.Reader<T> reader, @Nullable Object... values) {
        return list(text, reader, values).stream().findFirst();
    }

    private <T> List<T> list(String text, Sql.Reader<T> reader, @Nullable Object... values) {
        try (Connection connection = source.getConnection()) {
            return Sql.list(connection, text, reader, values);
        } catch (SQLException failure) {
            throw new StorageUnavailable(failure);
        }
    }
}
