package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.Optional;

/** The backup, and all that it stands on, is not to be deleted; a {@code hold} is a legal one, for that reason. */
public record BackupProtected(
        MachineId machine, OperationId operation, BackupId backup, Optional<String> hold, Instant at)
        implements MachineEvent {}
