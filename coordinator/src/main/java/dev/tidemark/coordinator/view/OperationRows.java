package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.Json;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tables {@code operation} and {@code idempotency}. */
final class OperationRows {
    static final String MACHINE_LEFT = "the machine was removed while this was under way";

    private OperationRows() {}

    /** The event that opened an operation: where it stands in which log, when, and who asked. */
    record Opening(
            MachineId machine, long version, Instant at, Circumstances circumstances, OpenedOperations operations) {}

    static void begin(Connection connection, Opening opening, OperationId id, OperationKind kind, Object target)
            throws SQLException {
        insert(connection, opening, id, kind, target, false);
    }

    /** The event that opened it was its last one too. */
    static void beginAndEnd(Connection connection, Opening opening, OperationId id, OperationKind kind, Object target)
            throws SQLException {
        insert(connection, opening, id, kind, target, true);
    }

    private static void insert(
            Connection connection, Opening opening, OperationId id, OperationKind kind, Object target, boolean ended)
            throws SQLException {
        opening.operations()
                .add(new OpenedOperations.Row(
                        id,
                        kind,
                        ended ? OperationState.DONE : OperationState.PENDING,
                        target.toString(),
                        opening,
                        ended ? opening.at() : null));
        rememberKey(connection, opening.circumstances(), id);
    }

    private static void rememberKey(Connection connection, Circumstances circumstances, OperationId id)
            throws SQLException {
        if (circumstances.idempotencyKey().isEmpty()) {
            return;
        }
        int inserted = Sql.change(
                connection,
                """
                INSERT INTO tidemark.idempotency (caller, key, request_hash, operation) VALUES (?, ?, ?, ?)
                ON CONFLICT (caller, key) DO NOTHING
                """,
                circumstances.caller().orElse(""),
                circumstances.idempotencyKey(),
                circumstances.requestHash().orElse(""),
                id);
        if (inserted == 0) {
            throw new IdempotencyKeyTaken();
        }
    }

    /** One more event of an operation that goes on. */
    static void counted(Connection connection, OperationId id) throws SQLException {
        Sql.change(connection, "UPDATE tidemark.operation SET events = events + 1 WHERE id = ?", id);
    }

    static void running(Connection connection, OperationId id) throws SQLException {
        Sql.change(connection, """
                UPDATE tidemark.operation
                   SET events = events + 1,
                       state = CASE WHEN ended_at IS NULL THEN 'RUNNING' ELSE state END,
                       error = CASE WHEN ended_at IS NULL THEN NULL ELSE error END
                 WHERE id = ?
                """, id);
    }

    static void inDoubt(Connection connection, OperationId id, String detail) throws SQLException {
        Sql.change(connection, """
                UPDATE tidemark.operation
                   SET events = events + 1,
                       state = CASE WHEN ended_at IS NULL THEN 'UNKNOWN' ELSE state END,
                       error = CASE WHEN ended_at IS NULL THEN ? ELSE error END
                 WHERE id = ?
                """, detail, id);
    }

    /** The last event of an operation of this kind; of another kind (a backup's checkpoint) it is only one more. */
    static void done(Connection connection, OperationId id, OperationKind kind, Instant at, @Nullable Object result)
            throws SQLException {
        int ended = Sql.change(connection, """
                UPDATE tidemark.operation
                   SET events = events + 1, state = 'DONE', code = NULL, error = NULL, ended_at = ?, result = ?::jsonb
                 WHERE id = ? AND kind = ? AND ended_at IS NULL
                """, at, json(result), id, kind);
        if (ended == 0) {
            counted(connection, id);
        }
    }

    /** As {@link #done}. */
    static void failed(Connection connection, OperationId id, OperationKind kind, Instant at, Failure failure)
            throws SQLException {
        int ended = Sql.change(connection, """
                UPDATE tidemark.operation
                   SET events = events + 1, state = 'FAILED', code = ?, error = ?, ended_at = ?, result = ?::jsonb
                 WHERE id = ? AND kind = ? AND ended_at IS NULL
                """, failure.code(), failure.detail(), at, json(failure.result()), id, kind);
        if (ended == 0) {
            counted(connection, id);
        }
    }

    /** Why an operation ended without its effect; {@code result} is what it found out all the same. */
    record Failure(String code, String detail, @Nullable Object result) {
        Failure(Enum<?> code, String detail) {
            this(code.name(), detail, null);
        }
    }

    /**
     * A backup has ended, and with it every wish to abort it. The event may carry the id of either operation, so both
     * are found by the backup.
     */
    static void endedAt(
            Connection connection, MachineEvent event, Object target, OperationKind kind, @Nullable Failure failure)
            throws SQLException {
        Sql.change(
                connection,
                """
                UPDATE tidemark.operation SET state = ?, code = ?, error = ?, ended_at = ?
                 WHERE vm = ? AND target = ? AND kind = ? AND ended_at IS NULL
                """,
                failure == null ? OperationState.DONE : OperationState.FAILED,
                failure == null ? null : failure.code(),
                failure == null ? null : failure.detail(),
                event.at(),
                event.machine(),
                target,
                kind);
    }

    static void machineRemoved(Connection connection, MachineId machine, String code, Instant at) throws SQLException {
        Sql.change(connection, """
                UPDATE tidemark.operation SET state = 'FAILED', code = ?, error = ?, ended_at = ?
                 WHERE vm = ? AND ended_at IS NULL
                """, code, MACHINE_LEFT, at, machine);
    }

    private static @Nullable String json(@Nullable Object result) {
        return result == null ? null : Json.MAPPER.writeValueAsString(result);
    }
}
