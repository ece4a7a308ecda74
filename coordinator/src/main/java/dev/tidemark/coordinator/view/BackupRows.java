package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.BackupReady;
import dev.tidemark.schema.event.BackupReplanned;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupSpeedChanged;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskEncryption;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.TargetAddress;
import dev.tidemark.schema.json.Json;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Tables {@code backup} and {@code backup_disk}. */
final class BackupRows {
    private BackupRows() {}

    static void requested(Connection connection, BackupRequested event, long version) throws SQLException {
        Sql.change(
                connection,
                """
                INSERT INTO tidemark.backup
                    (id, vm, repository, mode, request, compression, state, checkpoint, operation, version, requested_at,
                     bytes_per_second_max, lease_until, scratch_bytes_max, deadline, protected)
                VALUES (?, ?, ?, ?, ?, ?, 'REQUESTED', ?, ?, ?, ?, ?, ?, ?, ?, false)
                """,
                event.backup(),
                event.machine(),
                event.repository(),
                event.mode(),
                request(event.request()),
                event.compression(),
                event.checkpoint().map(BackupCheckpoint::id),
                event.operation(),
                version,
                event.at(),
                event.bytesPerSecondMax(),
                event.pull().map(PullTerms::leaseUntil),
                event.pull().map(PullTerms::scratchBytesMax).orElse(OptionalLong.empty()),
                event.deadline());
        plan(connection, event.backup(), event.disks());
    }

    static void speedChanged(Connection connection, BackupSpeedChanged event) throws SQLException {
        Sql.change(
                connection,
                "UPDATE tidemark.backup SET bytes_per_second_max = ? WHERE id = ?",
                event.bytesPerSecondMax(),
                event.backup());
    }

    static void replanned(Connection connection, BackupReplanned event) throws SQLException {
        Sql.change(connection, "DELETE FROM tidemark.backup_disk WHERE backup = ?", event.backup());
        plan(connection, event.backup(), event.disks());
    }

    static void started(Connection connection, BackupStarted event) throws SQLException {
        Sql.change(
                connection,
                "UPDATE tidemark.backup SET state = 'RUNNING', started_at = ?, error = NULL WHERE id = ?",
                event.at(),
                event.backup());
    }

    static void inDoubt(Connection connection, OperationInDoubt event) throws SQLException {
        Sql.change(connection, """
            UPDATE tidemark.backup SET state = 'UNKNOWN', error = ?
             WHERE vm = ? AND operation = ? AND state IN ('REQUESTED', 'RUNNING', 'UNKNOWN')
            """, event.detail(), event.machine(), event.operation());
    }

    static void ready(Connection connection, BackupReady event) throws SQLException {
        Sql.change(
                connection,
                "UPDATE tidemark.backup SET state = 'READY', code = NULL, error = NULL WHERE id = ?",
                event.backup());
        for (ReadyDisk disk : event.disks()) {
            Sql.change(
                    connection,
                    "UPDATE tidemark.backup_disk SET uri = ?, dirty_context = ?, virtual_size = ?"
                            + " WHERE backup = ? AND disk = ?",
                    disk.uri(),
                    disk.dirtyContext(),
                    disk.virtualSize(),
                    event.backup(),
                    disk.disk());
        }
    }

    static void pulled(Connection connection, BackupPulled event) throws SQLException {
        Sql.change(connection, """
            UPDATE tidemark.backup SET state = 'COMPLETED', completed_at = ?, code = NULL, error = NULL
             WHERE id = ?
            """, event.at(), event.backup());
        noLongerServed(connection, event.backup());
    }

    /** Nobody can read it there any more. */
    private static void noLongerServed(Connection connection, BackupId backup) throws SQLException {
        Sql.change(
                connection,
                "UPDATE tidemark.backup_disk SET uri = NULL, dirty_context = NULL WHERE backup = ? AND uri IS NOT NULL",
                backup);
    }

    static void completed(Connection connection, BackupCompleted event) throws SQLException {
        Sql.change(
                connection,
                """
                UPDATE tidemark.backup
                   SET state = 'COMPLETED', completed_at = ?, code = NULL, error = NULL, consistency = ?, crash_cause = ?,
                       configuration = ?::jsonb
                 WHERE id = ?
                """,
                event.at(),
                event.moment().map(Moment::consistency),
                event.moment().flatMap(Moment::crashCause),
                event.configuration().map(Json.MAPPER::writeValueAsString),
                event.backup());
        int position = 0;
        for (CompletedDisk disk : event.disks()) {
            Sql.change(
                    connection,
                    """
                    INSERT INTO tidemark.backup_disk
                        (backup, position, disk, kind, since, parent, bytes, file, file_size, sha256, virtual_size,
                         encryption, encryption_key)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (backup, disk) DO UPDATE SET
                        kind = EXCLUDED.kind, since = EXCLUDED.since, parent = EXCLUDED.parent,
                        bytes = EXCLUDED.bytes, file = EXCLUDED.file, file_size = EXCLUDED.file_size,
                        sha256 = EXCLUDED.sha256, virtual_size = EXCLUDED.virtual_size,
                        encryption = EXCLUDED.encryption, encryption_key = EXCLUDED.encryption_key
                    """,
                    event.backup(),
                    position++,
                    disk.disk(),
                    disk.kind(),
                    disk.since(),
                    disk.parent(),
                    disk.bytes(),
                    disk.file(),
                    disk.fileSize(),
                    disk.sha256(),
                    disk.virtualSize(),
                    disk.encryption().map(DiskEncryption::format),
                    disk.encryption().map(DiskEncryption::key));
        }
    }

    static void failed(Connection connection, BackupFailed event) throws SQLException {
        Sql.change(
                connection,
                "UPDATE tidemark.backup SET state = 'FAILED', code = ?, error = ? WHERE id = ?",
                event.code(),
                event.detail(),
                event.backup());
        noLongerServed(connection, event.backup());
    }

    static void aborted(Connection connection, BackupId backup) throws SQLException {
        Sql.change(
                connection,
                "UPDATE tidemark.backup SET state = 'ABORTED', code = ?, error = NULL WHERE id = ?",
                FailureCode.ABORTED,
                backup);
        noLongerServed(connection, backup);
    }

    /** The same content in other files. */
    static void merged(Connection connection, BackupMerged event) throws SQLException {
        for (MergedDisk disk : event.disks()) {
            Sql.change(
                    connection,
                    """
                    UPDATE tidemark.backup_disk
                       SET kind = ?, since = ?, parent = ?, bytes = ?, file = ?, file_size = ?, sha256 = ?, damage = NULL,
                           cause = NULL, detail = ?, encryption = ?, encryption_key = ?
                     WHERE backup = ? AND disk = ?
                    """,
                    disk.now().kind(),
                    disk.now().since(),
                    disk.now().parent(),
                    disk.now().bytes(),
                    disk.now().file(),
                    disk.now().fileSize(),
                    disk.now().sha256(),
                    disk.now()
                            .parent()
                            .map(below -> "took in what was between it and backup " + below)
                            .orElse("took in all that it stood on"),
                    disk.now().encryption().map(DiskEncryption::format),
                    disk.now().encryption().map(DiskEncryption::key),
                    event.backup(),
                    disk.now().disk());
            unread(connection, event.backup(), disk.now().disk());
        }
        Sql.change(connection, """
            UPDATE tidemark.backup
               SET merged_at = ?, merged_by = (SELECT caller FROM tidemark.operation WHERE id = ?)
             WHERE id = ?
            """, event.at(), event.operation(), event.backup());
    }

    /** Nobody has read this file, nor anything that is restored from it, since it is there. */
    private static void unread(Connection connection, BackupId backup, DiskName disk) throws SQLException {
        Sql.change(connection, """
            WITH RECURSIVE above (backup, disk) AS (
                SELECT d.backup, d.disk FROM tidemark.backup_disk d WHERE d.backup = ? AND d.disk = ?
                UNION
                SELECT d.backup, d.disk
                  FROM above a JOIN tidemark.backup_disk d ON d.parent = a.backup AND d.disk = a.disk)
            UPDATE tidemark.backup b SET verified_at = NULL, verified_by = NULL, deep_verified_at = NULL
              FROM above a WHERE b.id = a.backup AND b.verified_at IS NOT NULL
            """, backup, disk);
    }

    static void becomes(Connection connection, BackupId backup, String state) throws SQLException {
        Sql.change(connection, "UPDATE tidemark.backup SET state = ? WHERE id = ?", state, backup);
    }

    static void kept(Connection connection, BackupProtected event, Optional<String> caller) throws SQLException {
        if (event.hold().isEmpty()) {
            Sql.change(connection, "UPDATE tidemark.backup SET protected = true WHERE id = ?", event.backup());
        } else {
            Sql.change(
                    connection,
                    "UPDATE tidemark.backup SET hold = ?, held_by = ?, held_since = ? WHERE id = ?",
                    event.hold(),
                    caller,
                    event.at(),
                    event.backup());
        }
    }

    static void keptNoMore(Connection connection, BackupUnprotected event) throws SQLException {
        Sql.change(
                connection,
                event.holdReleased()
                        ? "UPDATE tidemark.backup SET hold = NULL, held_by = NULL, held_since = NULL WHERE id = ?"
                        : "UPDATE tidemark.backup SET protected = false WHERE id = ?",
                event.backup());
    }

    /** Every file that the backup is restored from was read to its end, its parents' too, and is what it was. */
    static void verified(Connection connection, BackupVerified event) throws SQLException {
        Sql.change(
                connection,
                """
                UPDATE tidemark.backup
                   SET verified_at = ?, verified_by = (SELECT caller FROM tidemark.operation WHERE id = ?),
                       deep_verified_at = coalesce(?, deep_verified_at)
                 WHERE id = ?
                """,
                event.at(),
                event.operation(),
                event.deep().filter(deep -> deep).map(deep -> event.at()),
                event.backup());
        Sql.change(connection, """
            WITH RECURSIVE read (backup, disk, parent) AS (
                SELECT d.backup, d.disk, d.parent FROM tidemark.backup_disk d WHERE d.backup = ?
                UNION
                SELECT d.backup, d.disk, d.parent
                  FROM read r JOIN tidemark.backup_disk d ON d.backup = r.parent AND d.disk = r.disk)
            UPDATE tidemark.backup_disk d SET damage = NULL
              FROM read r WHERE d.backup = r.backup AND d.disk = r.disk AND d.damage IS NOT NULL
            """, event.backup());
    }

    /**
     * The mark is put where the file is: reading one backup finds what is wrong with another. What else is restored from it is asked
     * for by {@link Shapes#BACKUP}.
     */
    static void damaged(Connection connection, BackupDamaged event) throws SQLException {
        for (DamagedDisk disk : event.disks()) {
            String damage = disk.file() + ": " + disk.detail();
            if (TargetAddress.isOne(disk.file())) {
                // What was there before, and was deleted, had the same address.
                markRead(connection, event, disk, damage);
                continue;
            }
            int marked = Sql.change(connection, """
                UPDATE tidemark.backup_disk d SET damage = ?
                  FROM tidemark.backup b
                 WHERE b.vm = ? AND d.backup = b.id AND d.disk = ? AND d.file = ?
                """, damage, event.machine(), disk.disk(), disk.file());
            if (marked == 0) {
                markRead(connection, event, disk, damage);
            }
        }
    }

    /** The log knows no such file: then what was read is what is known to be damaged, whole if it had no such disk either. */
    private static void markRead(Connection connection, BackupDamaged event, DamagedDisk disk, String damage)
            throws SQLException {
        int marked = Sql.change(
                connection,
                "UPDATE tidemark.backup_disk SET damage = ? WHERE backup = ? AND disk = ?",
                damage,
                event.backup(),
                disk.disk());
        if (marked == 0) {
            Sql.change(
                    connection, "UPDATE tidemark.backup_disk SET damage = ? WHERE backup = ?", damage, event.backup());
        }
    }

    static void machineRemoved(Connection connection, MachineRemoved event) throws SQLException {
        Sql.change(connection, """
            UPDATE tidemark.backup SET state = 'FAILED', code = ?, error = ?
             WHERE vm = ? AND state IN ('REQUESTED', 'RUNNING', 'READY', 'UNKNOWN')
            """, FailureCode.MACHINE_REMOVED, OperationRows.MACHINE_LEFT, event.machine());
        Sql.change(connection, """
            UPDATE tidemark.backup_disk d SET uri = NULL, dirty_context = NULL
              FROM tidemark.backup b
             WHERE b.vm = ? AND d.backup = b.id AND d.uri IS NOT NULL
            """, event.machine());
    }

    private static void plan(Connection connection, BackupId backup, List<DiskPlan> disks) throws SQLException {
        int position = 0;
        for (DiskPlan disk : disks) {
            Sql.change(
                    connection,
                    """
                    INSERT INTO tidemark.backup_disk (backup, position, disk, kind, since, parent, cause, detail)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    backup,
                    position++,
                    disk.disk(),
                    disk.kind(),
                    disk.since(),
                    disk.parent(),
                    disk.cause(),
                    disk.detail());
        }
    }

    private static String request(BackupRequest request) {
        return switch (request) {
            case BackupRequest.Automatic ignored -> "AUTO";
            case BackupRequest.Full ignored -> "FULL";
            case BackupRequest.Since ignored -> "SINCE";
            case BackupRequest.Copy ignored -> "COPY";
            case BackupRequest.Differential ignored -> "DIFFERENTIAL";
        };
    }
}
