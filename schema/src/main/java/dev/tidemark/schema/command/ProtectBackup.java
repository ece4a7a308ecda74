package dev.tidemark.schema.command;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.Optional;

/** Keep a backup from being deleted; a {@code hold} is a legal one, for that reason. */
public record ProtectBackup(
        MachineId machine, OperationId operation, BackupId backup, Optional<String> hold, Instant askedAt)
        implements MachineCommand {}
