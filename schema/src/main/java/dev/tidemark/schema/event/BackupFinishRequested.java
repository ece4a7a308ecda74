package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The client says that it has read all that it wants of a pull backup. */
public record BackupFinishRequested(MachineId machine, OperationId operation, BackupId backup, Instant at)
        implements MachineEvent {}
