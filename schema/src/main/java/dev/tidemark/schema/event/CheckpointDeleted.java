package dev.tidemark.schema.event;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The checkpoint's bitmap was seen to be gone from every disk, with its predecessor intact. */
public record CheckpointDeleted(MachineId machine, OperationId operation, CheckpointId checkpoint, Instant at)
        implements MachineEvent {}
