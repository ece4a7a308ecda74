package dev.tidemark.schema.command;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** Delete a checkpoint. */
public record DeleteCheckpoint(MachineId machine, OperationId operation, CheckpointId checkpoint, Instant askedAt)
        implements MachineCommand {}
