package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** Nothing was left in the directory; a target holds what was written until then. */
public record RestoreFailed(
        MachineId machine, OperationId operation, BackupId backup, FailureCode code, String detail, Instant at)
        implements MachineEvent {
    public RestoreFailed {
        detail = Prose.of(detail);
    }
}
