package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;

/**
 * Write disks as they were at a backup into a directory.
 *
 * @param directory empty if they go to {@code targets}
 * @param recorded the files that the log knows, of the backup and of those below it; none if it does not know the backup
 * @param targets one for each disk, if they go to no files
 */
public record RestoreOperation(
        OperationId id,
        BackupId backup,
        RepositoryName repository,
        List<DiskName> disks,
        String directory,
        RestoreFormat format,
        List<RecordedFile> recorded,
        List<DiskTarget> targets)
        implements RepositoryOperation {
    public RestoreOperation {
        disks = List.copyOf(disks);
        recorded = List.copyOf(recorded);
        targets = List.copyOf(targets);
    }

    /** Nothing but what the manifests say. */
    public RestoreOperation(
            OperationId id,
            BackupId backup,
            RepositoryName repository,
            List<DiskName> disks,
            String directory,
            RestoreFormat format) {
        this(id, backup, repository, disks, directory, format, List.of(), List.of());
    }

    /** The same, with what the log says of the files. */
    public RestoreOperation against(List<RecordedFile> files) {
        return new RestoreOperation(id, backup, repository, disks, directory, format, files, targets);
    }
}
