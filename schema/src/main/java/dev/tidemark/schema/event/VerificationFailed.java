package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The verification could not be carried out; nothing is known of the backup. */
public record VerificationFailed(
        MachineId machine, OperationId operation, BackupId backup, FailureCode code, String detail, Instant at)
        implements MachineEvent {
    public VerificationFailed {
        detail = Prose.of(detail);
    }
}
