package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The backup was ended on request and left nothing behind. */
public record BackupAborted(MachineId machine, OperationId operation, BackupId backup, Instant at)
        implements MachineEvent {}
