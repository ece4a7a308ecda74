package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.List;

/**
 * A machine that was removed and had been found at the same socket of the same host.
 *
 * @param operations those of its log of which something may still be in QEMU: what carries the id of one of them is ours
 */
public record FormerMachine(MachineId machine, List<OperationId> operations) {
    public FormerMachine {
        operations = List.copyOf(operations);
    }
}
