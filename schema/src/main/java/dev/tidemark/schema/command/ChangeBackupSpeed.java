package dev.tidemark.schema.command;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.OptionalLong;

/** Let a running backup copy faster or slower from now on; an empty limit lifts it. */
public record ChangeBackupSpeed(
        MachineId machine, OperationId operation, BackupId backup, OptionalLong bytesPerSecondMax, Instant askedAt)
        implements MachineCommand {}
