package dev.tidemark.schema.command;

import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;

/**
 * Write disks as they were at a backup into a directory; {@code backupDisks} are the disks the backup holds, an empty selection means all.
 *
 * @param directory empty if they go to {@code targets}
 * @param targets where each of the disks goes that goes to no file; then they are the selection
 */
public record RestoreBackup(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        List<DiskName> selection,
        List<DiskName> backupDisks,
        String directory,
        RestoreFormat format,
        List<DiskTarget> targets,
        Instant askedAt)
        implements MachineCommand {
    public RestoreBackup {
        selection = List.copyOf(selection);
        backupDisks = List.copyOf(backupDisks);
        targets = List.copyOf(targets);
    }

    /** Into files. */
    public RestoreBackup(
            MachineId machine,
            OperationId operation,
            BackupId backup,
            RepositoryName repository,
            List<DiskName> selection,
            List<DiskName> backupDisks,
            String directory,
            RestoreFormat format,
            Instant askedAt) {
        this(machine, operation, backup, repository, selection, backupDisks, directory, format, List.of(), askedAt);
    }
}
