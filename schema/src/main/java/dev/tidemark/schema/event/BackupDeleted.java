package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.TargetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The backup is no longer in its repository; {@code bytes} is the size of the files that went, 0 if there were none.
 *
 * @param leftAlone came later: targets that nothing was done to, and that no backup claims from now on
 */
public record BackupDeleted(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        long bytes,
        Optional<List<TargetAddress>> leftAlone,
        Instant at)
        implements MachineEvent {
    public BackupDeleted {
        leftAlone = leftAlone.map(List::copyOf);
    }

    /** All was in files. */
    public BackupDeleted(MachineId machine, OperationId operation, BackupId backup, long bytes, Instant at) {
        this(machine, operation, backup, bytes, Optional.empty(), at);
    }
}
