package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;

/** Write disks as they were at a backup into a directory. */
public record RestoreOperation(
        OperationId id,
        BackupId backup,
        RepositoryName repository,
        List<DiskName> disks,
        String directory,
        RestoreFormat format)
        implements RepositoryOperation {
    public RestoreOperation {
        disks = List.copyOf(disks);
    }
}
