package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.Optional;

/**
 * A machine left protection; its name is free again. {@code abandoned} is the operation that was pending: the operator let
 * it go, and nobody knows whether QEMU still executes it.
 *
 * @param left came later: what the abandoned operation may have left, and where
 */
public record MachineRemoved(
        MachineId machine, OperationId operation, Optional<OperationId> abandoned, Optional<String> left, Instant at)
        implements MachineEvent {
    /** Of which nobody said what was left. */
    public MachineRemoved(MachineId machine, OperationId operation, Optional<OperationId> abandoned, Instant at) {
        this(machine, operation, abandoned, Optional.empty(), at);
    }

    /** Nothing was pending. */
    public MachineRemoved(MachineId machine, OperationId operation, Instant at) {
        this(machine, operation, Optional.empty(), at);
    }
}
