package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Let a client read disks as they were at one moment. What the guest overwrites meanwhile is kept in the repository, in the
 * unfinished directory of the backup. {@code ready} tells that the exports were seen before, {@code finish} that the client has read
 * them; {@code quiesce} and {@code moment} are as with a push.
 */
public record PullBackupOperation(
        OperationId id,
        BackupId backup,
        RepositoryName repository,
        Optional<BackupCheckpoint> checkpoint,
        List<DiskBackup> disks,
        PullTerms terms,
        boolean quiesce,
        Optional<Moment> moment,
        Instant requestedAt,
        boolean started,
        boolean ready,
        boolean finish,
        boolean abort)
        implements BackupOperation {
    public PullBackupOperation {
        disks = List.copyOf(disks);
    }
}
