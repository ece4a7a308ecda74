package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import java.time.Instant;

/**
 * One fact of a machine's history. The machine is the consistency boundary, because one QMP transaction spans its disks.
 * Sealed, so that the compiler finds whoever forgot an event.
 */
public sealed interface MachineEvent
        permits MachineRegistered,
                MachineRemoved,
                MachineObserved,
                CheckpointRequested,
                CheckpointCreated,
                CheckpointFailed,
                CheckpointDeletionRequested,
                CheckpointDeleted,
                CheckpointDeletionFailed,
                ChainBroken,
                DriftFound,
                DriftGone,
                OperationInDoubt,
                GuestFreezeBegun,
                GuestThawed,
                BackupRequested,
                BackupReplanned,
                BackupStarted,
                BackupReady,
                BackupCompleted,
                BackupFailed,
                BackupFinishRequested,
                BackupPulled,
                BackupAbortRequested,
                BackupSpeedChanged,
                BackupAborted,
                VerificationRequested,
                BackupVerified,
                BackupDamaged,
                VerificationFailed,
                ErrandAbortRequested,
                RestoreRequested,
                RestoreCompleted,
                RestoreFailed,
                RestoreExportRequested,
                RestoreExportOpened,
                RestoreExportEndRequested,
                RestoreExportEnded,
                RestoreExportFailed,
                BackupDeletionRequested,
                BackupDeleted,
                BackupDeletionFailed,
                BackupMergeRequested,
                BackupMerged,
                BackupMergeFailed,
                BackupProtected,
                BackupUnprotected,
                RetentionChanged {

    /** The machine to which it happened. */
    MachineId machine();

    /** When it was asked for or seen, by the clock of the coordinator; never used for order (invariant I11). */
    Instant at();
}
