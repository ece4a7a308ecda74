package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Every disk's file is fsynced, its digest was read back, and the manifest is in place (invariant I7). */
public record BackupCompleted(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        Optional<CheckpointId> checkpoint,
        List<CompletedDisk> disks,
        Instant at)
        implements MachineEvent {
    public BackupCompleted {
        disks = List.copyOf(disks);
    }
}
