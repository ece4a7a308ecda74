package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The answer to a transaction was lost and a look could not tell yet what became of it (invariant I9). */
public record OperationInDoubt(MachineId machine, OperationId operation, String detail, Instant at)
        implements MachineEvent {
    public OperationInDoubt {
        detail = Prose.of(detail);
    }
}
