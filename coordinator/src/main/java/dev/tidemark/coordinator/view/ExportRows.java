package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.event.RestoreExportEnded;
import dev.tidemark.schema.event.RestoreExportFailed;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.sql.Connection;
import java.sql.SQLException;

/** Tables {@code export} and {@code export_disk}. */
final class ExportRows {
    private ExportRows() {}

    static void requested(Connection connection, RestoreExportRequested event, long version) throws SQLException {
        Sql.change(
                connection,
                """
                INSERT INTO tidemark.export
                    (id, vm, backup, repository, state, writable, lease_until, version, requested_at)
                VALUES (?, ?, ?, ?, 'REQUESTED', ?, ?, ?, ?)
                """,
                event.operation(),
                event.machine(),
                event.backup(),
                event.repository(),
                event.terms().writable(),
                event.terms().leaseUntil(),
                version,
                event.at());
        int position = 0;
        for (DiskName disk : event.disks()) {
            Sql.change(
                    connection,
                    "INSERT INTO tidemark.export_disk (export, position, disk) VALUES (?, ?, ?)",
                    event.operation(),
                    position++,
                    disk);
        }
    }

    static void opened(Connection connection, RestoreExportOpened event) throws SQLException {
        Sql.change(connection, """
                UPDATE tidemark.export
                   SET state = CASE WHEN state = 'REQUESTED' THEN 'READY' ELSE state END,
                       ready_at = coalesce(ready_at, ?)
                 WHERE id = ?
                """, event.at(), event.operation());
        for (ReadyDisk disk : event.disks()) {
            Sql.change(
                    connection,
                    "UPDATE tidemark.export_disk SET uri = ?, virtual_size = ? WHERE export = ? AND disk = ?",
                    disk.uri(),
                    disk.virtualSize(),
                    event.operation(),
                    disk.disk());
        }
    }

    static void endRequested(Connection connection, OperationId export) throws SQLException {
        Sql.change(connection, "UPDATE tidemark.export SET state = 'ENDING' WHERE id = ? AND ended_at IS NULL", export);
    }

    static void ended(Connection connection, RestoreExportEnded event) throws SQLException {
        Sql.change(
                connection,
                "UPDATE tidemark.export SET state = 'ENDED', ended_at = ? WHERE id = ?",
                event.at(),
                event.operation());
        noMorePlaces(connection, event.operation());
    }

    static void failed(Connection connection, RestoreExportFailed event) throws SQLException {
        Sql.change(
                connection,
                "UPDATE tidemark.export SET state = 'FAILED', code = ?, error = ?, ended_at = ? WHERE id = ?",
                event.code(),
                event.detail(),
                event.at(),
                event.operation());
        noMorePlaces(connection, event.operation());
    }

    static void machineRemoved(Connection connection, MachineRemoved event) throws SQLException {
        Sql.change(connection, """
                UPDATE tidemark.export_disk SET uri = NULL
                 WHERE export IN (SELECT id FROM tidemark.export WHERE vm = ? AND ended_at IS NULL)
                """, event.machine());
        Sql.change(
                connection, """
                UPDATE tidemark.export SET state = 'FAILED', code = ?, error = ?, ended_at = ?
                 WHERE vm = ? AND ended_at IS NULL
                """, FailureCode.MACHINE_REMOVED, OperationRows.MACHINE_LEFT, event.at(), event.machine());
    }

    /** Nobody reads there any more. */
    private static void noMorePlaces(Connection connection, OperationId export) throws SQLException {
        Sql.change(connection, "UPDATE tidemark.export_disk SET uri = NULL WHERE export = ?", export);
    }
}
