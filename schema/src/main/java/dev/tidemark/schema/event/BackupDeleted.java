package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The backup is no longer in its repository; {@code bytes} is the size of the files that went, 0 if there were none. */
public record BackupDeleted(MachineId machine, OperationId operation, BackupId backup, long bytes, Instant at)
        implements MachineEvent {}
