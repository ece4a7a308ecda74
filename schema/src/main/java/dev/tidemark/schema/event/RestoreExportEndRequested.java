package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The intent to serve it no longer: whoever wanted to read has read. {@code export} is the operation that asked for it. */
public record RestoreExportEndRequested(MachineId machine, OperationId operation, OperationId export, Instant at)
        implements MachineEvent {}
