package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;

/** The intent to read a backup's files again. */
public record VerificationRequested(
        MachineId machine, OperationId operation, BackupId backup, RepositoryName repository, Instant at)
        implements MachineEvent {}
