package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Back up disks at one moment, with the checkpoint if there is one. {@code started} tells that its jobs were seen before,
 * {@code abort} that it has to end.
 */
public sealed interface BackupOperation extends Operation permits PushBackupOperation, PullBackupOperation {
    /** The backup. */
    BackupId backup();

    /** The repository that it belongs to. */
    RepositoryName repository();

    /** The checkpoint whose moment is the backup's. */
    Optional<BackupCheckpoint> checkpoint();

    /** What is to be done to each disk. */
    List<DiskBackup> disks();

    /** When it was asked for. */
    Instant requestedAt();

    /** What the log says that its moment is worth, once that is known. */
    Optional<Moment> moment();

    /** Whether its jobs were seen before. */
    boolean started();

    /** Whether it has to end. */
    boolean abort();
}
