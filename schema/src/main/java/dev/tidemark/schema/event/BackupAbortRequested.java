package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** Somebody asked for the running backup to end. */
public record BackupAbortRequested(MachineId machine, OperationId operation, BackupId backup, Instant at)
        implements MachineEvent {}
