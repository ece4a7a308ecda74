package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;

/** A file of this backup, or one that it stands on, is not what its manifest says. It is no base any more. */
public record BackupDamaged(
        MachineId machine, OperationId operation, BackupId backup, List<DamagedDisk> disks, Instant at)
        implements MachineEvent {
    public BackupDamaged {
        disks = List.copyOf(disks);
    }
}
