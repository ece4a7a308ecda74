package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Back up disks in one transaction, with the checkpoint if there is one. {@code started} tells that its jobs were seen before,
 * {@code abort} that it has to end; {@code quiesce} that the guest is to be frozen at its moment, and {@code moment} what the log
 * says that its moment is worth, once that is known.
 */
public record PushBackupOperation(
        OperationId id,
        BackupId backup,
        RepositoryName repository,
        Optional<BackupCheckpoint> checkpoint,
        List<DiskBackup> disks,
        OptionalLong bytesPerSecondMax,
        Optional<Compression> compression,
        boolean quiesce,
        Optional<Moment> moment,
        Instant requestedAt,
        boolean started,
        boolean abort)
        implements BackupOperation {
    public PushBackupOperation {
        disks = List.copyOf(disks);
    }

    /** Of a guest that is left alone. */
    public PushBackupOperation(
            OperationId id,
            BackupId backup,
            RepositoryName repository,
            Optional<BackupCheckpoint> checkpoint,
            List<DiskBackup> disks,
            OptionalLong bytesPerSecondMax,
            Optional<Compression> compression,
            Instant requestedAt,
            boolean started,
            boolean abort) {
        this(
                id,
                backup,
                repository,
                checkpoint,
                disks,
                bytesPerSecondMax,
                compression,
                false,
                Optional.empty(),
                requestedAt,
                started,
                abort);
    }
}
