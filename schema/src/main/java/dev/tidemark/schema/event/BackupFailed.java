package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The backup is of no use. Its checkpoint, if it came to be, is no base; its bits are not lost. */
public record BackupFailed(
        MachineId machine, OperationId operation, BackupId backup, FailureCode code, String detail, Instant at)
        implements MachineEvent {
    public BackupFailed {
        detail = Prose.of(detail);
    }
}
