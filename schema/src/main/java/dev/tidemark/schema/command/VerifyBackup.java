package dev.tidemark.schema.command;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;

/** Read a backup's files again; {@code deep}: restore them too, and read what came out. */
public record VerifyBackup(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        boolean deep,
        Instant askedAt)
        implements MachineCommand {
    /** The files alone. */
    public VerifyBackup(
            MachineId machine, OperationId operation, BackupId backup, RepositoryName repository, Instant askedAt) {
        this(machine, operation, backup, repository, false, askedAt);
    }
}
