package dev.tidemark.schema.command;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** End a pull backup that its client has read. */
public record FinishBackup(MachineId machine, OperationId operation, BackupId backup, Instant askedAt)
        implements MachineCommand {}
