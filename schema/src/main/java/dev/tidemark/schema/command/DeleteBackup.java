package dev.tidemark.schema.command;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** Take a backup out of its repository, for good. */
public record DeleteBackup(MachineId machine, OperationId operation, BackupId backup, Instant askedAt)
        implements MachineCommand {}
