package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** Nothing is served any more, as was asked, and nothing of it is left. {@code operation} is that of the export. */
public record RestoreExportEnded(MachineId machine, OperationId operation, BackupId backup, Instant at)
        implements MachineEvent {}
