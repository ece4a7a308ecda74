package dev.tidemark.schema.command;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** End a running backup; {@code late}: if, and only if, its deadline has passed. */
public record AbortBackup(MachineId machine, OperationId operation, BackupId backup, boolean late, Instant askedAt)
        implements MachineCommand {
    /** Whatever time it is. */
    public AbortBackup(MachineId machine, OperationId operation, BackupId backup, Instant askedAt) {
        this(machine, operation, backup, false, askedAt);
    }
}
