package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The digests of this backup and of all that it stands on were read back and agree. */
public record BackupVerified(MachineId machine, OperationId operation, BackupId backup, long bytes, Instant at)
        implements MachineEvent {}
