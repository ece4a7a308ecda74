package dev.tidemark.schema.event;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The checkpoint does not exist: on no disk was its bitmap seen. */
public record CheckpointFailed(
        MachineId machine, OperationId operation, CheckpointId checkpoint, FailureCode code, String detail, Instant at)
        implements MachineEvent {
    public CheckpointFailed {
        detail = Prose.of(detail);
    }
}
