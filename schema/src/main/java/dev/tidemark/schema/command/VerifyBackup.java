package dev.tidemark.schema.command;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;

/** Read a backup's files again. */
public record VerifyBackup(
        MachineId machine, OperationId operation, BackupId backup, RepositoryName repository, Instant askedAt)
        implements MachineCommand {}
