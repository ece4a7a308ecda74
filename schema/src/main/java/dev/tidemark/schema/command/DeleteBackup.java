package dev.tidemark.schema.command;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** Take a backup out of its repository, for good; {@code byPolicy}: only if the repository's retention policy does not keep it. */
public record DeleteBackup(MachineId machine, OperationId operation, BackupId backup, boolean byPolicy, Instant askedAt)
        implements MachineCommand {
    /** Because somebody wants it gone, whatever the policy. */
    public DeleteBackup(MachineId machine, OperationId operation, BackupId backup, Instant askedAt) {
        this(machine, operation, backup, false, askedAt);
    }
}
