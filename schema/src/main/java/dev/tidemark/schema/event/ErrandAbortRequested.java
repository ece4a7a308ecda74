package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The intent to end a verification or a restore: nothing of it is to be left. */
public record ErrandAbortRequested(MachineId machine, OperationId operation, OperationId errand, Instant at)
        implements MachineEvent {}
