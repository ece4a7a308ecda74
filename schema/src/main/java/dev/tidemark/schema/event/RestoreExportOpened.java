package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;

/** Clients can read every disk here, as it was at the backup; told again if that becomes another place. */
public record RestoreExportOpened(
        MachineId machine, OperationId operation, BackupId backup, List<ReadyDisk> disks, Instant at)
        implements MachineEvent {
    public RestoreExportOpened {
        disks = List.copyOf(disks);
    }
}
