package dev.tidemark.schema.command;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** End a verification or a restore that is under way, or waits. */
public record AbortErrand(MachineId machine, OperationId operation, OperationId errand, Instant askedAt)
        implements MachineCommand {}
