package dev.tidemark.coordinator.api.server;

import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.AbortErrand;
import dev.tidemark.schema.command.ChangeBackupSpeed;
import dev.tidemark.schema.command.ChangeRetention;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.DeleteCheckpoint;
import dev.tidemark.schema.command.EndRestoreExport;
import dev.tidemark.schema.command.ExportBackup;
import dev.tidemark.schema.command.FinishBackup;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.MergeBackup;
import dev.tidemark.schema.command.ProtectBackup;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RegisterMachine;
import dev.tidemark.schema.command.RemoveMachine;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.command.UnprotectBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupFinishRequested;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupSpeedChanged;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.ErrandAbortRequested;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.event.RestoreExportEndRequested;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The intent of each command, as if nothing could stand in its way. */
final class PlayedDecisions {
    private static final DiskName VDA = new DiskName("vda");

    private PlayedDecisions() {}

    static List<MachineEvent> events(MachineCommand command) {
        return switch (command) {
            case RegisterMachine c ->
                List.of(new MachineRegistered(
                        c.machine(), c.name(), c.host(), c.qmpSocket(), c.qgaSocket(), c.askedAt()));
            case RemoveMachine c -> List.of(new MachineRemoved(c.machine(), c.operation(), c.askedAt()));
            case CreateCheckpoint c ->
                List.of(new CheckpointRequested(
                        c.machine(),
                        c.operation(),
                        c.checkpoint(),
                        c.name(),
                        Optional.empty(),
                        c.selection(),
                        c.description(),
                        Optional.of(c.quiesce()).filter(asked -> asked),
                        c.askedAt()));
            case DeleteCheckpoint c ->
                List.of(new CheckpointDeletionRequested(c.machine(), c.operation(), c.checkpoint(), c.askedAt()));
            case StartBackup c ->
                List.of(new BackupRequested(
                        c.machine(),
                        c.operation(),
                        c.backup(),
                        c.repository(),
                        c.mode(),
                        c.request(),
                        c.checkpoint(),
                        c.selection(),
                        List.of(new DiskPlan(
                                VDA,
                                BackupKind.FULL,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(FullCause.NO_BACKUP_IN_REPOSITORY),
                                "none yet")),
                        c.bytesPerSecondMax(),
                        c.compression(),
                        Optional.of(c.quiesce()).filter(asked -> asked),
                        c.pull(),
                        Optional.empty(),
                        c.askedAt()));
            case AbortBackup c ->
                List.of(new BackupAbortRequested(c.machine(), c.operation(), c.backup(), c.askedAt()));
            case AbortErrand c ->
                List.of(new ErrandAbortRequested(c.machine(), c.operation(), c.errand(), c.askedAt()));
            case FinishBackup c ->
                List.of(new BackupFinishRequested(c.machine(), c.operation(), c.backup(), c.askedAt()));
            case ChangeBackupSpeed c ->
                List.of(new BackupSpeedChanged(
                        c.machine(), c.operation(), c.backup(), c.bytesPerSecondMax(), c.askedAt()));
            case VerifyBackup c ->
                List.of(new VerificationRequested(c.machine(), c.operation(), c.backup(), c.repository(), c.askedAt()));
            case RestoreBackup c ->
                List.of(new RestoreRequested(
                        c.machine(),
                        c.operation(),
                        c.backup(),
                        c.repository(),
                        c.backupDisks(),
                        c.directory(),
                        c.format(),
                        c.askedAt()));
            case ExportBackup c ->
                List.of(new RestoreExportRequested(
                        c.machine(),
                        c.operation(),
                        c.backup(),
                        new RepositoryName("default"),
                        List.of(VDA),
                        c.terms(),
                        c.askedAt()));
            case EndRestoreExport c ->
                List.of(new RestoreExportEndRequested(c.machine(), c.operation(), c.export(), c.askedAt()));
            case DeleteBackup c ->
                List.of(new BackupDeletionRequested(c.machine(), c.operation(), c.backup(), c.askedAt()));
            case MergeBackup c ->
                List.of(new BackupMergeRequested(c.machine(), c.operation(), c.backup(), List.of(), c.askedAt()));
            case ProtectBackup c ->
                List.of(new BackupProtected(c.machine(), c.operation(), c.backup(), c.hold(), c.askedAt()));
            case UnprotectBackup c ->
                List.of(new BackupUnprotected(c.machine(), c.operation(), c.backup(), c.releaseHold(), c.askedAt()));
            case ChangeRetention c ->
                List.of(new RetentionChanged(c.machine(), c.operation(), c.repository(), c.policy(), c.askedAt()));
            case RecordReport _ -> List.of();
        };
    }

    static MachineObserved observed(MachineId machine) {
        return new MachineObserved(
                machine,
                new QemuFacts("10.2.0", OptionalLong.empty(), OptionalLong.empty()),
                List.of(new DiskFacts(VDA, "#block1", "qcow2", 1_073_741_824L, "/images/a.qcow2", 0, true)),
                Instant.parse("2026-01-02T03:04:05Z"));
    }
}
