package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;

/** Take what a backup stands on into its own files, so that it stands on less. It holds what it held. */
public record MergeBackupOperation(OperationId id, BackupId backup, RepositoryName repository, List<DiskMerge> disks)
        implements RepositoryOperation {
    public MergeBackupOperation {
        disks = List.copyOf(disks);
    }
}
