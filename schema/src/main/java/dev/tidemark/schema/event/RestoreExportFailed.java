package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** Nothing is served, or no longer, though nobody asked for its end; nothing of it is left. */
public record RestoreExportFailed(
        MachineId machine, OperationId operation, BackupId backup, FailureCode code, String detail, Instant at)
        implements MachineEvent {
    public RestoreExportFailed {
        detail = Prose.of(detail);
    }
}
