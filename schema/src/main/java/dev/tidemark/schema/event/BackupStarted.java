package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The backup's jobs were seen in QEMU: its moment has passed and its plan is fixed. */
public record BackupStarted(MachineId machine, OperationId operation, BackupId backup, Instant at)
        implements MachineEvent {}
