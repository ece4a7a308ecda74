package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;

/** The intent to write disks as they were at a backup into a directory on the machine's host. */
public record RestoreRequested(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        List<DiskName> disks,
        String directory,
        RestoreFormat format,
        Instant at)
        implements MachineEvent {
    public RestoreRequested {
        disks = List.copyOf(disks);
    }
}
