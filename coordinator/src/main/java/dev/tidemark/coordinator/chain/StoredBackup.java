package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryIdentity;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A completed backup that lies in its repository, as far as the log knows.
 *
 * @param takenAt its own moment is surely not later: when it was first seen at work, else when it was completed
 * @param identity of the repository, where it said which it is
 * @param deletion the operation that is to delete it
 * @param guarded somebody said that it is not to be deleted
 * @param hold why it is under a legal hold
 */
public record StoredBackup(
        BackupId backup,
        RepositoryName repository,
        Instant takenAt,
        Optional<CheckpointId> checkpoint,
        List<File> files,
        Optional<RepositoryIdentity> identity,
        Optional<OperationId> deletion,
        boolean guarded,
        Optional<String> hold) {
    public StoredBackup {
        files = List.copyOf(files);
    }

    /**
     * One disk's file, what it stands on, its length, whether it was found to be damaged, and its digest.
     *
     * @param target where it lies, if that is no file
     */
    public record File(
            DiskName disk,
            Optional<BackupId> parent,
            long bytes,
            boolean damaged,
            String sha256,
            Optional<TargetAddress> target) {}

    /** Where disks of it lie that are no files. */
    List<TargetAddress> targets() {
        return files.stream().flatMap(file -> file.target().stream()).toList();
    }

    Optional<File> file(DiskName disk) {
        for (File file : files) {
            if (file.disk().equals(disk)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    boolean isDamaged(DiskName disk) {
        for (File file : files) {
            if (file.damaged() && file.disk().equals(disk)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it cannot be restored without the other one, to begin with. */
    boolean standsOn(BackupId other) {
        return files.stream().anyMatch(file -> file.parent().equals(Optional.of(other)));
    }

    StoredBackup deletedBy(Optional<OperationId> operation) {
        return new StoredBackup(backup, repository, takenAt, checkpoint, files, identity, operation, guarded, hold);
    }

    /** After a look at this disk's file. */
    StoredBackup read(DiskName disk, boolean damaged) {
        return with(disk, file -> new File(disk, file.parent(), file.bytes(), damaged, file.sha256(), file.target()));
    }

    /** With another file of the same content in its place. */
    StoredBackup merged(DiskName disk, Optional<BackupId> parent, long bytes, String sha256) {
        return with(disk, file -> new File(disk, parent, bytes, false, sha256, Optional.empty()));
    }

    private StoredBackup with(DiskName disk, UnaryOperator<File> change) {
        return new StoredBackup(
                backup,
                repository,
                takenAt,
                checkpoint,
                files.stream()
                        .map(file -> file.disk().equals(disk) ? change.apply(file) : file)
                        .toList(),
                identity,
                deletion,
                guarded,
                hold);
    }

    StoredBackup guardedOrNot(boolean nowGuarded) {
        return new StoredBackup(backup, repository, takenAt, checkpoint, files, identity, deletion, nowGuarded, hold);
    }

    StoredBackup heldFor(Optional<String> reason) {
        return new StoredBackup(backup, repository, takenAt, checkpoint, files, identity, deletion, guarded, reason);
    }
}
