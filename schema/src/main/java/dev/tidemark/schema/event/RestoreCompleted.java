package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;

/** The disks were written and fsynced. */
public record RestoreCompleted(
        MachineId machine, OperationId operation, BackupId backup, List<RestoredDisk> disks, Instant at)
        implements MachineEvent {
    public RestoreCompleted {
        disks = List.copyOf(disks);
    }
}
