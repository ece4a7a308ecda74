package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.OptionalLong;

/** From now on each of the backup's jobs is to copy no more than this in a second; empty: as fast as it can. */
public record BackupSpeedChanged(
        MachineId machine, OperationId operation, BackupId backup, OptionalLong bytesPerSecondMax, Instant at)
        implements MachineEvent {}
