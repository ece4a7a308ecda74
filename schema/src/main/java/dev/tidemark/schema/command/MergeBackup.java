package dev.tidemark.schema.command;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** Take what a backup stands on into its own files, so that what is between can be deleted. */
public record MergeBackup(MachineId machine, OperationId operation, BackupId backup, MergeReach reach, Instant askedAt)
        implements MachineCommand {}
