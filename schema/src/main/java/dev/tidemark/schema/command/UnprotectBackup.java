package dev.tidemark.schema.command;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** Let a backup be deleted again; a legal hold ends only if its release is what is asked for. */
public record UnprotectBackup(
        MachineId machine, OperationId operation, BackupId backup, boolean releaseHold, Instant askedAt)
        implements MachineCommand {}
