package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.ExportTerms;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;

/**
 * Serve disks as they were at a backup, for as long as this is asked for. {@code opened} tells where they were seen to be served, and
 * is empty before; {@code ending} that it is to end; {@code recorded} what the log says of the files, as far as it knows any.
 */
public record RestoreExportOperation(
        OperationId id,
        BackupId backup,
        RepositoryName repository,
        List<DiskName> disks,
        ExportTerms terms,
        List<ReadyDisk> opened,
        boolean ending,
        List<RecordedFile> recorded)
        implements RepositoryOperation {
    public RestoreExportOperation {
        disks = List.copyOf(disks);
        opened = List.copyOf(opened);
        recorded = List.copyOf(recorded);
    }

    /** Of files that the log says nothing about. */
    public RestoreExportOperation(
            OperationId id,
            BackupId backup,
            RepositoryName repository,
            List<DiskName> disks,
            ExportTerms terms,
            List<ReadyDisk> opened,
            boolean ending) {
        this(id, backup, repository, disks, terms, opened, ending, List.of());
    }

    /** To be compared with what the log says. */
    public RestoreExportOperation against(List<RecordedFile> files) {
        return new RestoreExportOperation(id, backup, repository, disks, terms, opened, ending, files);
    }

    /** Served here. */
    public RestoreExportOperation openedAt(List<ReadyDisk> now) {
        return new RestoreExportOperation(id, backup, repository, disks, terms, now, ending, recorded);
    }

    /** To be served no longer. */
    public RestoreExportOperation toEnd() {
        return new RestoreExportOperation(id, backup, repository, disks, terms, opened, true, recorded);
    }
}
