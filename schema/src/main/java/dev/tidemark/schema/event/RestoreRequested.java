package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The intent to write disks as they were at a backup into a directory on the machine's host.
 *
 * @param directory empty if they go to {@code targets}
 * @param targets came later: one for each of the disks that goes to no file; absent in older logs
 */
public record RestoreRequested(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        List<DiskName> disks,
        String directory,
        RestoreFormat format,
        Optional<List<DiskTarget>> targets,
        Instant at)
        implements MachineEvent {
    public RestoreRequested {
        disks = List.copyOf(disks);
        targets = targets.map(List::copyOf);
    }

    /** Into files. */
    public RestoreRequested(
            MachineId machine,
            OperationId operation,
            BackupId backup,
            RepositoryName repository,
            List<DiskName> disks,
            String directory,
            RestoreFormat format,
            Instant at) {
        this(machine, operation, backup, repository, disks, directory, format, Optional.empty(), at);
    }
}
