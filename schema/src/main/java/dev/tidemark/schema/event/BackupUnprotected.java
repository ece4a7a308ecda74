package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The protection of a backup ended, or its legal hold: never both at once. */
public record BackupUnprotected(
        MachineId machine, OperationId operation, BackupId backup, boolean holdReleased, Instant at)
        implements MachineEvent {}
