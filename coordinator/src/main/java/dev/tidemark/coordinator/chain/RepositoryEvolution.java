package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The part of the fold that follows what lies in repositories. */
final class RepositoryEvolution {
    private RepositoryEvolution() {}

    static void completed(Draft draft, BackupCompleted completed) {
        Optional<Instant> started = draft.pending
                .filter(Pending.Backup.class::isInstance)
                .flatMap(open -> ((Pending.Backup) open).startedAt());
        draft.store(new StoredBackup(
                completed.backup(),
                completed.repository(),
                started.orElse(completed.at()),
                completed.checkpoint(),
                completed.disks().stream()
                        .map(disk -> new StoredBackup.File(
                                disk.disk(), disk.parent(), disk.fileSize(), false, disk.sha256(), disk.target()))
                        .toList(),
                completed.identity(),
                Optional.empty(),
                false,
                Optional.empty()));
    }

    /**
     * It is no base from the moment of the intent: what is planned while it goes must not need it. It stays none if it cannot be
     * deleted, because nobody knows how far that came.
     */
    static void deletionRequested(Draft draft, BackupDeletionRequested requested) {
        draft.accepted(requested.operation());
        draft.changeStored(requested.backup(), kept -> kept.deletedBy(Optional.of(requested.operation())));
        for (StoredBackup kept : draft.stored()) {
            if (kept.backup().equals(requested.backup())) {
                draft.errands.add(new Errand(new DeleteBackupOperation(
                        requested.operation(), kept.backup(), kept.repository(), kept.identity())));
            }
        }
        for (Base base : List.copyOf(draft.bases)) {
            if (base.backup().equals(requested.backup())) {
                base.disks()
                        .forEach(disk -> draft.lose(new LostBase(
                                base.repository(),
                                base.mode(),
                                disk,
                                FullCause.BASE_BACKUP_DELETED,
                                "backup " + base.backup() + " was deleted")));
            }
        }
        draft.bases.removeIf(base -> base.backup().equals(requested.backup()));
    }

    /** Nothing else changes: it is the base that it was, of the same checkpoint. */
    static void mergeRequested(Draft draft, BackupMergeRequested requested) {
        draft.accepted(requested.operation());
        for (StoredBackup kept : draft.stored()) {
            if (kept.backup().equals(requested.backup())) {
                draft.errands.add(new Errand(new MergeBackupOperation(
                        requested.operation(), kept.backup(), kept.repository(), requested.disks())));
            }
        }
    }

    static void merged(Draft draft, BackupMerged merged) {
        for (MergedDisk disk : merged.disks()) {
            draft.changeStored(
                    merged.backup(),
                    kept -> kept.merged(
                            disk.now().disk(),
                            disk.now().parent(),
                            disk.now().fileSize(),
                            disk.now().sha256()));
        }
    }

    static void protect(Draft draft, BackupProtected event) {
        draft.accepted(event.operation());
        draft.changeStored(
                event.backup(),
                kept -> event.hold().isPresent() ? kept.heldFor(event.hold()) : kept.guardedOrNot(true));
    }

    static void unprotect(Draft draft, BackupUnprotected event) {
        draft.accepted(event.operation());
        draft.changeStored(
                event.backup(),
                kept -> event.holdReleased() ? kept.heldFor(Optional.empty()) : kept.guardedOrNot(false));
    }

    /** Every file that it is restored from was read, those of the backups below it too. */
    static void verified(Draft draft, BackupVerified verified) {
        for (StoredBackup kept : draft.stored()) {
            if (kept.backup().equals(verified.backup())) {
                kept.files().forEach(file -> readDownwards(draft, kept.backup(), file.disk()));
            }
        }
    }

    private static void readDownwards(Draft draft, BackupId from, DiskName disk) {
        if (!draft.anyDamaged(disk)) {
            // Nothing that was read can be better than it was, and of most machines nothing ever was damaged.
            return;
        }
        Map<BackupId, StoredBackup.File> files = new HashMap<>();
        for (StoredBackup kept : draft.stored()) {
            kept.file(disk).ifPresent(file -> files.putIfAbsent(kept.backup(), file));
        }
        Set<BackupId> read = new HashSet<>();
        Optional<BackupId> next = Optional.of(from);
        // Each once, so that no log whatsoever leads in a circle.
        while (next.isPresent() && read.add(next.get())) {
            next = Optional.ofNullable(files.get(next.get())).flatMap(StoredBackup.File::parent);
        }
        draft.foundSound(read, disk);
    }

    /** The mark is put where the file is; if nobody's file has that name, where the reading began. */
    static void damaged(Draft draft, BackupDamaged damaged) {
        for (DamagedDisk found : damaged.disks()) {
            BackupId owner = draft.stored().stream()
                    .map(StoredBackup::backup)
                    .filter(backup -> found.file().startsWith(draft.id + "/" + backup + "/"))
                    .findFirst()
                    .orElse(damaged.backup());
            draft.changeStored(owner, kept -> kept.read(found.disk(), true));
        }
    }
}
