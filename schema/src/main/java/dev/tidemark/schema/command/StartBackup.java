package dev.tidemark.schema.command;

import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Back up the selected disks; an empty selection means all. {@code quiesce}: frozen or not at all. {@code pull} are the terms if a client
 * is to read them, {@code deadline} is when it is to have ended.
 */
public record StartBackup(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        BackupMode mode,
        BackupRequest request,
        Optional<BackupCheckpoint> checkpoint,
        List<DiskName> selection,
        OptionalLong bytesPerSecondMax,
        Optional<Compression> compression,
        boolean quiesce,
        Optional<PullTerms> pull,
        Optional<Instant> deadline,
        Instant askedAt)
        implements MachineCommand {
    public StartBackup {
        selection = List.copyOf(selection);
    }

    /** A push backup of a guest that is left alone; it takes its time. */
    public StartBackup(
            MachineId machine,
            OperationId operation,
            BackupId backup,
            RepositoryName repository,
            BackupMode mode,
            BackupRequest request,
            Optional<BackupCheckpoint> checkpoint,
            List<DiskName> selection,
            OptionalLong bytesPerSecondMax,
            Optional<Compression> compression,
            Instant askedAt) {
        this(
                machine,
                operation,
                backup,
                repository,
                mode,
                request,
                checkpoint,
                selection,
                bytesPerSecondMax,
                compression,
                false,
                Optional.empty(),
                Optional.empty(),
                askedAt);
    }
}
