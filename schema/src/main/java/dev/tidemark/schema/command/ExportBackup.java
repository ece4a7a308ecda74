package dev.tidemark.schema.command;

import dev.tidemark.schema.event.ExportTerms;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;

/** Serve disks as they were at a backup, without copying them; an empty selection means all that it holds. */
public record ExportBackup(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        List<DiskName> selection,
        ExportTerms terms,
        Instant askedAt)
        implements MachineCommand {
    public ExportBackup {
        selection = List.copyOf(selection);
    }
}
