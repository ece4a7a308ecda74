package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.Optional;

/**
 * The intent to read a backup's files again.
 *
 * @param deep came later: whether they are to be restored too; empty in older logs, which restored nothing for it
 */
public record VerificationRequested(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        Optional<Boolean> deep,
        Instant at)
        implements MachineEvent {
    /** The files alone. */
    public VerificationRequested(
            MachineId machine, OperationId operation, BackupId backup, RepositoryName repository, Instant at) {
        this(machine, operation, backup, repository, Optional.empty(), at);
    }
}
