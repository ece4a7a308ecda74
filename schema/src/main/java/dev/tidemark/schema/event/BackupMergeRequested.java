package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;

/** Take what a backup stands on into its own files. What it holds, and what stands on it, does not change. */
public record BackupMergeRequested(
        MachineId machine, OperationId operation, BackupId backup, List<DiskMerge> disks, Instant at)
        implements MachineEvent {
    public BackupMergeRequested {
        disks = List.copyOf(disks);
    }
}
