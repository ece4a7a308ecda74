package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryIdentity;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Every disk's file is fsynced, its digest was read back, and the manifest is in place (invariant I7).
 *
 * @param identity came later: empty in older logs, which do not say which directory had the repository's name
 * @param moment came later: empty in older logs, which froze no guest
 * @param configuration came later: empty in older logs
 */
public record BackupCompleted(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        Optional<CheckpointId> checkpoint,
        List<CompletedDisk> disks,
        Optional<RepositoryIdentity> identity,
        Optional<Moment> moment,
        Optional<MachineConfiguration> configuration,
        Instant at)
        implements MachineEvent {
    public BackupCompleted {
        disks = List.copyOf(disks);
    }

    /** Of a machine of which nothing more is told. */
    public BackupCompleted(
            MachineId machine,
            OperationId operation,
            BackupId backup,
            RepositoryName repository,
            Optional<CheckpointId> checkpoint,
            List<CompletedDisk> disks,
            Optional<RepositoryIdentity> identity,
            Optional<Moment> moment,
            Instant at) {
        this(machine, operation, backup, repository, checkpoint, disks, identity, moment, Optional.empty(), at);
    }

    /** As older logs have it. */
    public BackupCompleted(
            MachineId machine,
            OperationId operation,
            BackupId backup,
            RepositoryName repository,
            Optional<CheckpointId> checkpoint,
            List<CompletedDisk> disks,
            Instant at) {
        this(machine, operation, backup, repository, checkpoint, disks, Optional.empty(), Optional.empty(), at);
    }
}
