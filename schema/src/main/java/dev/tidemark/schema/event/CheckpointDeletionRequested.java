package dev.tidemark.schema.event;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The intent to delete a checkpoint and to merge its bits into its predecessor. */
public record CheckpointDeletionRequested(MachineId machine, OperationId operation, CheckpointId checkpoint, Instant at)
        implements MachineEvent {}
