package dev.tidemark.schema.command;

import dev.tidemark.schema.id.MachineId;
import java.time.Instant;

/** One thing asked of one machine. */
public sealed interface MachineCommand
        permits RegisterMachine,
                RemoveMachine,
                CreateCheckpoint,
                DeleteCheckpoint,
                StartBackup,
                AbortBackup,
                ChangeBackupSpeed,
                FinishBackup,
                VerifyBackup,
                AbortErrand,
                DeleteBackup,
                MergeBackup,
                ProtectBackup,
                UnprotectBackup,
                ChangeRetention,
                RestoreBackup,
                ExportBackup,
                EndRestoreExport,
                RecordReport {

    /** The machine that decides. */
    MachineId machine();

    /** When it was asked, by the clock of the coordinator. */
    Instant askedAt();
}
