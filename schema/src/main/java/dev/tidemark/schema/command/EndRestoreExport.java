package dev.tidemark.schema.command;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** Serve a restore point no longer. {@code export} is the operation that asked for it. */
public record EndRestoreExport(MachineId machine, OperationId operation, OperationId export, Instant askedAt)
        implements MachineCommand {}
