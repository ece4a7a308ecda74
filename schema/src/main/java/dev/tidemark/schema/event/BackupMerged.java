package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;

/** These files of the backup stand on less than before, durably; they were compared with what they held. */
public record BackupMerged(
        MachineId machine, OperationId operation, BackupId backup, List<MergedDisk> disks, Instant at)
        implements MachineEvent {
    public BackupMerged {
        disks = List.copyOf(disks);
    }
}
