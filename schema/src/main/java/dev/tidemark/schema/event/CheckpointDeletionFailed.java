package dev.tidemark.schema.event;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The checkpoint stays as it was. */
public record CheckpointDeletionFailed(
        MachineId machine, OperationId operation, CheckpointId checkpoint, FailureCode code, String detail, Instant at)
        implements MachineEvent {
    public CheckpointDeletionFailed {
        detail = Prose.of(detail);
    }
}
