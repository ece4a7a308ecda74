package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;

/** The intent to serve disks as they were at a backup, without copying them. The operation's id is the export's, too. */
public record RestoreExportRequested(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        List<DiskName> disks,
        ExportTerms terms,
        Instant at)
        implements MachineEvent {
    public RestoreExportRequested {
        disks = List.copyOf(disks);
    }
}
