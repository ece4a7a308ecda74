package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;

/** A pull backup's exports were seen: a client can read every disk as it was at the backup's moment, until it finishes. */
public record BackupReady(MachineId machine, OperationId operation, BackupId backup, List<ReadyDisk> disks, Instant at)
        implements MachineEvent {
    public BackupReady {
        disks = List.copyOf(disks);
    }
}
