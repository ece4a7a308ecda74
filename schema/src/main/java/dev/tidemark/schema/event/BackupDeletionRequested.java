package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The intent to take a backup out of its repository. From now on nothing is based on it, and nothing is read from it. */
public record BackupDeletionRequested(MachineId machine, OperationId operation, BackupId backup, Instant at)
        implements MachineEvent {}
