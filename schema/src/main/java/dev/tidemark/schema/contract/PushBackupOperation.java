package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Back up disks in one transaction, with the checkpoint if there is one. {@code started} tells that its jobs were seen before,
 * {@code abort} that it has to end.
 */
public record PushBackupOperation(
        OperationId id,
        BackupId backup,
        RepositoryName repository,
        Optional<BackupCheckpoint> checkpoint,
        List<DiskBackup> disks,
        OptionalLong bytesPerSecondMax,
        Optional<Compression> compression,
        Instant requestedAt,
        boolean started,
        boolean abort)
        implements Operation {
    public PushBackupOperation {
        disks = List.copyOf(disks);
    }
}
