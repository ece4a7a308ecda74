package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;

/**
 * Take what a backup stands on into its own files, so that it stands on less. It holds what it held.
 *
 * @param recorded the files that the log knows, of the backup and of those below it; none if it does not know the backup
 */
public record MergeBackupOperation(
        OperationId id, BackupId backup, RepositoryName repository, List<DiskMerge> disks, List<RecordedFile> recorded)
        implements RepositoryOperation {
    public MergeBackupOperation {
        disks = List.copyOf(disks);
        recorded = List.copyOf(recorded);
    }

    /** Nothing but what the manifests say. */
    public MergeBackupOperation(OperationId id, BackupId backup, RepositoryName repository, List<DiskMerge> disks) {
        this(id, backup, repository, disks, List.of());
    }

    /** The same, with what the log says of the files. */
    public MergeBackupOperation against(List<RecordedFile> files) {
        return new MergeBackupOperation(id, backup, repository, disks, files);
    }
}
