package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.TrackedDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.json.Json;
import java.sql.Connection;
import java.sql.SQLException;

/** Tables {@code checkpoint} and {@code checkpoint_disk}. */
final class CheckpointRows {
    private CheckpointRows() {}

    static void requested(Connection connection, CheckpointRequested event, long version) throws SQLException {
        Sql.change(
                connection,
                """
                INSERT INTO tidemark.checkpoint
                    (id, vm, name, parent, state, description, operation, version, requested_at)
                VALUES (?, ?, ?, ?, 'REQUESTED', ?, ?, ?, ?)
                """,
                event.checkpoint(),
                event.machine(),
                event.name(),
                event.parent(),
                event.description(),
                event.operation(),
                version,
                event.at());
    }

    /** A backup's own checkpoint. Its event names no parent: it is the newest checkpoint that there is, by the log. */
    static void requestedWithBackup(
            Connection connection, BackupRequested event, BackupCheckpoint checkpoint, long version)
            throws SQLException {
        Sql.change(
                connection,
                """
                INSERT INTO tidemark.checkpoint
                    (id, vm, name, parent, state, operation, version, requested_at)
                VALUES (?, ?, ?,
                    (SELECT id FROM tidemark.checkpoint
                      WHERE vm = ? AND state IN ('CREATED', 'DELETING') ORDER BY version DESC LIMIT 1),
                    'REQUESTED', ?, ?, ?)
                """,
                checkpoint.id(),
                event.machine(),
                checkpoint.name(),
                event.machine(),
                event.operation(),
                version,
                event.at());
    }

    static void created(Connection connection, CheckpointCreated event) throws SQLException {
        Sql.change(
                connection,
                """
                UPDATE tidemark.checkpoint
                   SET state = 'CREATED', created_at = ?, consistency = ?, crash_cause = ?, configuration = ?::jsonb
                 WHERE id = ?
                """,
                event.at(),
                event.consistency(),
                event.crashCause(),
                event.configuration().map(Json.MAPPER::writeValueAsString),
                event.checkpoint());
        int position = 0;
        for (TrackedDisk disk : event.disks()) {
            Sql.change(
                    connection,
                    """
                    INSERT INTO tidemark.checkpoint_disk
                        (checkpoint, position, disk, bitmap, granularity, virtual_size, file, backing_depth, state)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'HEALTHY')
                    """,
                    event.checkpoint(),
                    position++,
                    disk.disk(),
                    BitmapName.of(event.checkpoint()),
                    disk.granularity(),
                    disk.virtualSize(),
                    disk.file(),
                    disk.backingDepth());
        }
    }

    static void failed(Connection connection, CheckpointId checkpoint) throws SQLException {
        Sql.change(connection, "UPDATE tidemark.checkpoint SET state = 'FAILED' WHERE id = ?", checkpoint);
    }

    /** The backup ended, and its checkpoint was never seen. */
    static void failedWithBackup(Connection connection, BackupId backup) throws SQLException {
        Sql.change(connection, """
                UPDATE tidemark.checkpoint SET state = 'FAILED'
                 WHERE id = (SELECT checkpoint FROM tidemark.backup WHERE id = ?) AND state = 'REQUESTED'
                """, backup);
    }

    static void deletionRequested(Connection connection, CheckpointId checkpoint) throws SQLException {
        Sql.change(connection, "UPDATE tidemark.checkpoint SET state = 'DELETING' WHERE id = ?", checkpoint);
    }

    static void deletionFailed(Connection connection, CheckpointId checkpoint) throws SQLException {
        Sql.change(connection, "UPDATE tidemark.checkpoint SET state = 'CREATED' WHERE id = ?", checkpoint);
    }

    /** Whoever stood on the deleted one now stands on its parent, whose bitmap took over the bits. */
    static void deleted(Connection connection, CheckpointDeleted event) throws SQLException {
        Sql.change(connection, """
                UPDATE tidemark.checkpoint
                   SET parent = (SELECT parent FROM tidemark.checkpoint WHERE id = ?)
                 WHERE parent = ?
                """, event.checkpoint(), event.checkpoint());
        Sql.change(connection, "UPDATE tidemark.checkpoint SET state = 'DELETED' WHERE id = ?", event.checkpoint());
    }

    /** The first cause stays: what comes after a break is its consequence. */
    static void broken(Connection connection, ChainBroken event) throws SQLException {
        Sql.change(connection, """
                UPDATE tidemark.checkpoint_disk SET state = 'BROKEN', cause = ?, detail = ?
                 WHERE checkpoint = ANY (?) AND disk = ? AND state = 'HEALTHY'
                """, event.cause(), event.detail(), event.checkpoints(), event.disk());
    }

    /** What was under way when the machine left will not be seen any more. */
    static void machineRemoved(Connection connection, MachineId machine) throws SQLException {
        Sql.change(connection, """
                UPDATE tidemark.checkpoint
                   SET state = CASE state WHEN 'REQUESTED' THEN 'FAILED' ELSE 'CREATED' END
                 WHERE vm = ? AND state IN ('REQUESTED', 'DELETING')
                """, machine);
    }
}
