package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.Optional;

/**
 * The intent to end a backup.
 *
 * @param cause came later: why, where it was not somebody's wish; empty in older logs, in which it always was
 */
public record BackupAbortRequested(
        MachineId machine, OperationId operation, BackupId backup, Optional<FailureCode> cause, Instant at)
        implements MachineEvent {
    /** Somebody's wish. */
    public BackupAbortRequested(MachineId machine, OperationId operation, BackupId backup, Instant at) {
        this(machine, operation, backup, Optional.empty(), at);
    }
}
