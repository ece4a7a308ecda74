package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;

/** What was seen before the start no longer fitted the plan; this plan takes its place. */
public record BackupReplanned(
        MachineId machine, OperationId operation, BackupId backup, List<DiskPlan> disks, Instant at)
        implements MachineEvent {
    public BackupReplanned {
        disks = List.copyOf(disks);
    }
}
