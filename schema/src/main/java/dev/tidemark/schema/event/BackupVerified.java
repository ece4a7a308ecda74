package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.Optional;

/**
 * The digests of this backup and of all that it stands on were read back and agree.
 *
 * @param deep came later: whether it was restored too, and a second reading of the chain gave the same; empty in older logs
 */
public record BackupVerified(
        MachineId machine, OperationId operation, BackupId backup, long bytes, Optional<Boolean> deep, Instant at)
        implements MachineEvent {
    /** The files alone. */
    public BackupVerified(MachineId machine, OperationId operation, BackupId backup, long bytes, Instant at) {
        this(machine, operation, backup, bytes, Optional.empty(), at);
    }
}
