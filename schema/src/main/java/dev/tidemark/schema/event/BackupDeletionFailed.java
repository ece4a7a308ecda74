package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The backup could not be taken out of its repository; it is what it was, but no base any more. */
public record BackupDeletionFailed(
        MachineId machine, OperationId operation, BackupId backup, FailureCode code, String detail, Instant at)
        implements MachineEvent {
    public BackupDeletionFailed {
        detail = Prose.of(detail);
    }
}
