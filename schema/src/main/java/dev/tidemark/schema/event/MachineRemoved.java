package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** A machine left protection; its name is free again. */
public record MachineRemoved(MachineId machine, OperationId operation, Instant at) implements MachineEvent {}
