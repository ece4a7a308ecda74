package dev.tidemark.coordinator.view;

import dev.tidemark.coordinator.view.OperationRows.Failure;
import dev.tidemark.coordinator.view.OperationRows.Opening;
import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionFailed;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupFinishRequested;
import dev.tidemark.schema.event.BackupMergeFailed;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.BackupReady;
import dev.tidemark.schema.event.BackupReplanned;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupSpeedChanged;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionFailed;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftGone;
import dev.tidemark.schema.event.ErrandAbortRequested;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.GuestFreezeBegun;
import dev.tidemark.schema.event.GuestThawed;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreExportEndRequested;
import dev.tidemark.schema.event.RestoreExportEnded;
import dev.tidemark.schema.event.RestoreExportFailed;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.event.RestoreFailed;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.event.VerificationFailed;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * Folds one event into the read models, in the transaction that appends it.
 *
 * <p>Invariant: what the tables hold depends on nothing but the events, their versions and their metadata, in order. So
 * they can be dropped and built again, and come out the same, row by row.
 */
public final class Projection {
    /** Every table that is built here. */
    public static final List<String> TABLES = List.of(
            "vm",
            "vm_disk",
            "checkpoint",
            "checkpoint_disk",
            "backup",
            "backup_disk",
            "export",
            "export_disk",
            "operation",
            "idempotency",
            "vm_tally");

    /** The abort came when there was nothing left to abort. */
    static final String TOO_LATE = "TOO_LATE";

    private Projection() {}

    /** An event, its number in its machine's log, from 1, and what was written beside it. */
    public record Numbered(MachineEvent event, long version, Map<String, String> metadata) {}

    /**
     * Applies one event.
     *
     * @param version the event's number in its machine's log, from 1
     * @throws MachineNameTaken and {@link IdempotencyKeyTaken}: the append must be rolled back and not be repeated
     */
    public static void apply(Connection connection, MachineEvent event, long version, Map<String, String> metadata)
            throws SQLException {
        applyAll(connection, List.of(new Numbered(event, version, metadata)));
    }

    /** Applies events of any machines, those of each in their order; as {@link #apply}, and with fewer statements. */
    public static void applyAll(Connection connection, List<Numbered> events) throws SQLException {
        OpenedOperations operations = new OpenedOperations();
        for (Numbered numbered : events) {
            MachineEvent event = numbered.event();
            // What a machine's event changes may have begun with the event before it.
            if (operations.hasOf(event.machine())) {
                operations.write(connection);
            }
            apply(
                    connection,
                    event,
                    new Opening(
                            event.machine(),
                            numbered.version(),
                            event.at(),
                            Circumstances.from(numbered.metadata()),
                            operations));
        }
        operations.write(connection);
    }

    private static void apply(Connection connection, MachineEvent event, Opening opening) throws SQLException {
        long version = opening.version();
        switch (event) {
            case MachineRegistered registered -> {
                MachineRows.registered(connection, registered);
                OperationRows.begin(
                        connection, opening, registration(registered), OperationKind.REGISTER, registered.machine());
            }
            case MachineObserved observed -> {
                MachineRows.observed(connection, observed);
                firstSeen(connection, observed);
            }
            case MachineRemoved removed -> removed(connection, opening, removed);

            case CheckpointRequested requested -> {
                CheckpointRows.requested(connection, requested, version);
                OperationRows.begin(
                        connection,
                        opening,
                        requested.operation(),
                        OperationKind.CREATE_CHECKPOINT,
                        requested.checkpoint());
            }
            case CheckpointCreated created -> {
                CheckpointRows.created(connection, created);
                OperationRows.done(
                        connection, created.operation(), OperationKind.CREATE_CHECKPOINT, created.at(), null);
            }
            case CheckpointFailed failed -> {
                CheckpointRows.failed(connection, failed.checkpoint());
                OperationRows.failed(
                        connection,
                        failed.operation(),
                        OperationKind.CREATE_CHECKPOINT,
                        failed.at(),
                        new Failure(failed.code(), failed.detail()));
            }
            case CheckpointDeletionRequested requested -> {
                CheckpointRows.deletionRequested(connection, requested.checkpoint());
                OperationRows.begin(
                        connection,
                        opening,
                        requested.operation(),
                        OperationKind.DELETE_CHECKPOINT,
                        requested.checkpoint());
            }
            case CheckpointDeleted deleted -> {
                CheckpointRows.deleted(connection, deleted);
                OperationRows.done(
                        connection, deleted.operation(), OperationKind.DELETE_CHECKPOINT, deleted.at(), null);
            }
            case CheckpointDeletionFailed failed -> {
                CheckpointRows.deletionFailed(connection, failed.checkpoint());
                OperationRows.failed(
                        connection,
                        failed.operation(),
                        OperationKind.DELETE_CHECKPOINT,
                        failed.at(),
                        new Failure(failed.code(), failed.detail()));
            }

            case ChainBroken broken -> CheckpointRows.broken(connection, broken);
            case DriftFound _, DriftGone _ -> {
                // Drift is a question to the log and to the last look; no table keeps it.
            }
            case GuestFreezeBegun begun -> OperationRows.counted(connection, begun.operation());
            case GuestThawed thawed -> OperationRows.counted(connection, thawed.operation());
            case OperationInDoubt doubt -> {
                BackupRows.inDoubt(connection, doubt);
                OperationRows.inDoubt(connection, doubt.operation(), doubt.detail());
            }

            case BackupRequested requested -> backupRequested(connection, opening, requested);
            case BackupReplanned replanned -> {
                BackupRows.replanned(connection, replanned);
                OperationRows.counted(connection, replanned.operation());
            }
            case BackupStarted started -> {
                BackupRows.started(connection, started);
                OperationRows.running(connection, started.operation());
            }
            case BackupReady ready -> {
                BackupRows.ready(connection, ready);
                OperationRows.done(connection, ready.operation(), OperationKind.BACKUP, ready.at(), null);
            }
            case BackupFinishRequested requested ->
                OperationRows.begin(
                        connection, opening, requested.operation(), OperationKind.FINISH_BACKUP, requested.backup());
            case BackupPulled pulled -> pulled(connection, pulled);
            case BackupCompleted completed -> completed(connection, completed);
            case BackupFailed failed -> failed(connection, failed);
            case BackupAbortRequested requested ->
                OperationRows.begin(
                        connection, opening, requested.operation(), OperationKind.ABORT_BACKUP, requested.backup());
            case BackupSpeedChanged changed -> speedChanged(connection, opening, changed);
            case BackupAborted aborted -> aborted(connection, aborted);

            case VerificationRequested requested ->
                OperationRows.begin(
                        connection, opening, requested.operation(), OperationKind.VERIFY, requested.backup());
            case BackupVerified verified -> {
                BackupRows.verified(connection, verified);
                OperationRows.done(
                        connection,
                        verified.operation(),
                        OperationKind.VERIFY,
                        verified.at(),
                        new Verified(
                                verified.backup(),
                                verified.bytes(),
                                verified.deep().orElse(false)));
                abortEnded(connection, verified, verified.operation(), false);
            }
            case BackupDamaged damaged -> damaged(connection, damaged);
            case VerificationFailed failed -> {
                OperationRows.failed(
                        connection,
                        failed.operation(),
                        OperationKind.VERIFY,
                        failed.at(),
                        new Failure(failed.code(), failed.detail()));
                abortEnded(connection, failed, failed.operation(), true);
            }
            case ErrandAbortRequested requested ->
                OperationRows.begin(
                        connection, opening, requested.operation(), OperationKind.ABORT_OPERATION, requested.errand());

            case RestoreRequested requested ->
                OperationRows.begin(
                        connection, opening, requested.operation(), OperationKind.RESTORE, requested.backup());
            case RestoreCompleted completed -> {
                OperationRows.done(
                        connection,
                        completed.operation(),
                        OperationKind.RESTORE,
                        completed.at(),
                        new Restored(completed.backup(), completed.disks()));
                abortEnded(connection, completed, completed.operation(), false);
            }
            case RestoreFailed failed -> {
                OperationRows.failed(
                        connection,
                        failed.operation(),
                        OperationKind.RESTORE,
                        failed.at(),
                        new Failure(failed.code(), failed.detail()));
                abortEnded(connection, failed, failed.operation(), true);
            }

            case RestoreExportRequested requested -> {
                ExportRows.requested(connection, requested, opening.version());
                OperationRows.begin(
                        connection, opening, requested.operation(), OperationKind.EXPORT, requested.backup());
            }
            case RestoreExportOpened opened -> {
                ExportRows.opened(connection, opened);
                OperationRows.done(connection, opened.operation(), OperationKind.EXPORT, opened.at(), null);
            }
            case RestoreExportEndRequested requested -> {
                ExportRows.endRequested(connection, requested.export());
                OperationRows.begin(
                        connection, opening, requested.operation(), OperationKind.END_EXPORT, requested.export());
            }
            case RestoreExportEnded ended -> {
                ExportRows.ended(connection, ended);
                OperationRows.failed(
                        connection,
                        ended.operation(),
                        OperationKind.EXPORT,
                        ended.at(),
                        new Failure(FailureCode.ABORTED, "it was ended before it was served"));
                exportEnded(connection, ended, ended.operation());
            }
            case RestoreExportFailed failed -> {
                ExportRows.failed(connection, failed);
                OperationRows.failed(
                        connection,
                        failed.operation(),
                        OperationKind.EXPORT,
                        failed.at(),
                        new Failure(failed.code(), failed.detail()));
                exportEnded(connection, failed, failed.operation());
            }

            case BackupDeletionRequested requested -> {
                BackupRows.becomes(connection, requested.backup(), "DELETING");
                OperationRows.begin(
                        connection, opening, requested.operation(), OperationKind.DELETE_BACKUP, requested.backup());
            }
            case BackupDeleted deleted -> {
                BackupRows.becomes(connection, deleted.backup(), "DELETED");
                OperationRows.done(
                        connection,
                        deleted.operation(),
                        OperationKind.DELETE_BACKUP,
                        deleted.at(),
                        new Deleted(deleted.backup(), deleted.bytes()));
            }
            case BackupMergeRequested requested ->
                OperationRows.begin(
                        connection, opening, requested.operation(), OperationKind.MERGE_BACKUP, requested.backup());
            case BackupMerged merged -> {
                BackupRows.merged(connection, merged);
                OperationRows.done(
                        connection,
                        merged.operation(),
                        OperationKind.MERGE_BACKUP,
                        merged.at(),
                        new Merged(merged.backup(), merged.disks()));
            }
            case BackupMergeFailed failed -> {
                BackupRows.damaged(
                        connection,
                        new BackupDamaged(
                                failed.machine(), failed.operation(), failed.backup(), failed.damaged(), failed.at()));
                OperationRows.failed(
                        connection,
                        failed.operation(),
                        OperationKind.MERGE_BACKUP,
                        failed.at(),
                        new Failure(failed.code(), failed.detail()));
            }
            case RetentionChanged changed -> {
                // The policy is asked for where it is applied: at the machine's state.
                OperationRows.beginAndEnd(
                        connection, opening, changed.operation(), OperationKind.CHANGE_RETENTION, changed.repository());
            }
            case BackupProtected kept -> {
                BackupRows.kept(connection, kept, opening.circumstances().caller());
                OperationRows.beginAndEnd(
                        connection, opening, kept.operation(), OperationKind.PROTECT_BACKUP, kept.backup());
            }
            case BackupUnprotected kept -> {
                BackupRows.keptNoMore(connection, kept);
                OperationRows.beginAndEnd(
                        connection, opening, kept.operation(), OperationKind.UNPROTECT_BACKUP, kept.backup());
            }
            case BackupDeletionFailed failed -> {
                BackupRows.becomes(connection, failed.backup(), "COMPLETED");
                OperationRows.failed(
                        connection,
                        failed.operation(),
                        OperationKind.DELETE_BACKUP,
                        failed.at(),
                        new Failure(failed.code(), failed.detail()));
            }
        }
    }

    /** The operation that took a machine in: its event carries no id of its own, so it goes by the machine's. */
    public static OperationId registration(MachineEvent event) {
        return new OperationId(event.machine().value());
    }

    private static void firstSeen(Connection connection, MachineObserved observed) throws SQLException {
        Sql.change(connection, """
                UPDATE tidemark.operation SET events = events + 1, state = 'DONE', ended_at = ?
                 WHERE id = ? AND ended_at IS NULL
                """, observed.at(), registration(observed));
    }

    private static void removed(Connection connection, Opening opening, MachineRemoved removed) throws SQLException {
        MachineRows.removed(connection, removed);
        CheckpointRows.machineRemoved(connection, removed.machine());
        BackupRows.machineRemoved(connection, removed);
        ExportRows.machineRemoved(connection, removed);
        OperationRows.machineRemoved(connection, removed.machine(), FailureCode.MACHINE_REMOVED.name(), removed.at());
        OperationRows.beginAndEnd(connection, opening, removed.operation(), OperationKind.REMOVE, removed.machine());
    }

    private static void backupRequested(Connection connection, Opening opening, BackupRequested requested)
            throws SQLException {
        BackupRows.requested(connection, requested, opening.version());
        if (requested.checkpoint().isPresent()) {
            CheckpointRows.requestedWithBackup(
                    connection, requested, requested.checkpoint().get(), opening.version());
        }
        OperationRows.begin(connection, opening, requested.operation(), OperationKind.BACKUP, requested.backup());
    }

    private static void completed(Connection connection, BackupCompleted completed) throws SQLException {
        BackupRows.completed(connection, completed);
        TallyRows.ended(connection, completed.machine(), completed.backup(), TallyRows.Outcome.COMPLETED);
        TallyRows.copied(connection, completed.machine(), completed.disks());
        TallyRows.fulls(connection, completed.machine(), completed.backup());
        CheckpointRows.failedWithBackup(connection, completed.backup());
        OperationRows.counted(connection, completed.operation());
        OperationRows.endedAt(connection, completed, completed.backup(), OperationKind.BACKUP, null);
        OperationRows.endedAt(
                connection,
                completed,
                completed.backup(),
                OperationKind.ABORT_BACKUP,
                new Failure(TOO_LATE, "the backup was completed before it could be aborted", null));
    }

    private static void pulled(Connection connection, BackupPulled pulled) throws SQLException {
        BackupRows.pulled(connection, pulled);
        TallyRows.ended(connection, pulled.machine(), pulled.backup(), TallyRows.Outcome.COMPLETED);
        TallyRows.fulls(connection, pulled.machine(), pulled.backup());
        CheckpointRows.failedWithBackup(connection, pulled.backup());
        OperationRows.counted(connection, pulled.operation());
        OperationRows.endedAt(connection, pulled, pulled.backup(), OperationKind.FINISH_BACKUP, null);
        OperationRows.endedAt(
                connection,
                pulled,
                pulled.backup(),
                OperationKind.ABORT_BACKUP,
                new Failure(TOO_LATE, "the backup was finished before it could be aborted", null));
    }

    private static void failed(Connection connection, BackupFailed failed) throws SQLException {
        BackupRows.failed(connection, failed);
        TallyRows.ended(connection, failed.machine(), failed.backup(), TallyRows.Outcome.FAILED);
        CheckpointRows.failedWithBackup(connection, failed.backup());
        OperationRows.counted(connection, failed.operation());
        OperationRows.endedAt(
                connection, failed, failed.backup(), OperationKind.BACKUP, new Failure(failed.code(), failed.detail()));
        OperationRows.endedAt(
                connection,
                failed,
                failed.backup(),
                OperationKind.FINISH_BACKUP,
                new Failure(failed.code(), failed.detail()));
        // Whoever wanted the backup to end got what they wanted.
        OperationRows.endedAt(connection, failed, failed.backup(), OperationKind.ABORT_BACKUP, null);
    }

    /** Once it is written down it is so: the gateway keeps the jobs at it, through every restart. */
    private static void speedChanged(Connection connection, Opening opening, BackupSpeedChanged changed)
            throws SQLException {
        BackupRows.speedChanged(connection, changed);
        OperationRows.beginAndEnd(
                connection, opening, changed.operation(), OperationKind.CHANGE_SPEED, changed.backup());
    }

    private static void aborted(Connection connection, BackupAborted aborted) throws SQLException {
        BackupRows.aborted(connection, aborted.backup());
        TallyRows.ended(connection, aborted.machine(), aborted.backup(), TallyRows.Outcome.ABORTED);
        CheckpointRows.failedWithBackup(connection, aborted.backup());
        OperationRows.counted(connection, aborted.operation());
        OperationRows.endedAt(
                connection,
                aborted,
                aborted.backup(),
                OperationKind.BACKUP,
                new Failure(FailureCode.ABORTED, "the backup was ended on request"));
        OperationRows.endedAt(
                connection,
                aborted,
                aborted.backup(),
                OperationKind.FINISH_BACKUP,
                new Failure(FailureCode.ABORTED, "the backup was ended on request before it was finished"));
        OperationRows.endedAt(connection, aborted, aborted.backup(), OperationKind.ABORT_BACKUP, null);
    }

    /** Whoever wanted it to end got what they wanted, unless it came to its end before. */
    private static void abortEnded(Connection connection, MachineEvent event, OperationId errand, boolean hasNoEffect)
            throws SQLException {
        OperationRows.endedAt(
                connection,
                event,
                errand,
                OperationKind.ABORT_OPERATION,
                hasNoEffect ? null : new Failure(TOO_LATE, "it came to its end before it could be aborted", null));
    }

    /** Whoever wanted it to end, in either way, got what they wanted. */
    private static void exportEnded(Connection connection, MachineEvent event, OperationId export) throws SQLException {
        OperationRows.endedAt(connection, event, export, OperationKind.END_EXPORT, null);
        abortEnded(connection, event, export, true);
    }

    private static void damaged(Connection connection, BackupDamaged damaged) throws SQLException {
        abortEnded(connection, damaged, damaged.operation(), false);
        BackupRows.damaged(connection, damaged);
        OperationRows.failed(
                connection,
                damaged.operation(),
                OperationKind.VERIFY,
                damaged.at(),
                new Failure(
                        FailureCode.BACKUP_DAMAGED.name(),
                        "files of the backup, or of one it stands on, are not what their manifests say",
                        new Damaged(damaged.backup(), damaged.disks())));
    }

    /** What a verification found out; the shape of {@code result}. */
    private record Verified(BackupId backup, long bytes, boolean deep) {}

    /** What a verification found out; the shape of {@code result}. */
    private record Damaged(BackupId backup, List<DamagedDisk> disks) {}

    /** What went with a backup; the shape of {@code result}. */
    private record Deleted(BackupId backup, long bytes) {}

    /** What its files are now; the shape of {@code result}. */
    private record Merged(BackupId backup, List<MergedDisk> disks) {}

    /** What a restore wrote; the shape of {@code result}. */
    private record Restored(BackupId backup, List<RestoredDisk> disks) {}
}
