package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What a backup takes in, so that others need not stay for its sake; and why it may not be touched. */
final class MergePlanner {
    private final Machine machine;
    private final StoredBackup backup;

    MergePlanner(Machine machine, StoredBackup backup) {
        this.machine = machine;
        this.backup = backup;
    }

    /** For each disk that stands on one that does not stay: what it is to stand on instead, the nearest below that does, or nothing. */
    List<DiskMerge> onto(Predicate<BackupId> stays) {
        List<DiskMerge> merges = new ArrayList<>();
        for (StoredBackup.File file : backup.files()) {
            file.parent().filter(stays.negate()).ifPresent(parent -> {
                List<StoredBackup> below = below(file.disk());
                Optional<BackupId> onto =
                        below.stream().map(StoredBackup::backup).filter(stays).findFirst();
                merges.add(new DiskMerge(file.disk(), parent, onto));
            });
        }
        return merges;
    }

    /** What each disk directly stands on. */
    List<DiskMerge> parents() {
        return merges(below -> below.stream().skip(1).findFirst());
    }

    /** All that each disk stands on. */
    List<DiskMerge> everything() {
        return merges(below -> Optional.empty());
    }

    private interface Choice {
        Optional<StoredBackup> of(List<StoredBackup> below);
    }

    private List<DiskMerge> merges(Choice choice) {
        List<DiskMerge> merges = new ArrayList<>();
        for (StoredBackup.File file : backup.files()) {
            file.parent()
                    .ifPresent(parent -> merges.add(new DiskMerge(
                            file.disk(), parent, choice.of(below(file.disk())).map(StoredBackup::backup))));
        }
        return merges;
    }

    /** About so many bytes are written: what the files hold that become one. What several of them hold counts several times. */
    long bytes(List<DiskMerge> merges) {
        long bytes = 0;
        for (DiskMerge merge : merges) {
            bytes += backup.file(merge.disk()).map(StoredBackup.File::bytes).orElse(0L);
            for (StoredBackup below : below(merge.disk())) {
                if (merge.onto().equals(Optional.of(below.backup()))) {
                    break;
                }
                bytes += below.file(merge.disk()).map(StoredBackup.File::bytes).orElse(0L);
            }
        }
        return bytes;
    }

    /** Why it may not be merged now. */
    Optional<Rejection> unfit() {
        BackupId id = backup.backup();
        Optional<Rejection> unfit = backup.hold().map(reason -> new Rejection.Held(id, reason));
        if (unfit.isEmpty() && backup.guarded()) {
            unfit = Optional.of(new Rejection.BackupProtected(id));
        }
        return unfit.or(this::beingDeleted)
                .or(this::inUse)
                .or(() -> broken(
                        backup.files().stream().map(StoredBackup.File::disk).toList()));
    }

    private Optional<Rejection> beingDeleted() {
        return backup.deletion()
                .map(operation ->
                        new Rejection.OtherOperation(operation, "backup " + backup.backup() + " is being deleted"));
    }

    /** By whoever reads it, or what stands on it: those read its files too. Nor is what it stands on to change under it. */
    private Optional<Rejection> inUse() {
        Set<BackupId> readers = new HashSet<>(machine.standingOn(backup.backup()));
        readers.add(backup.backup());
        Set<BackupId> all = new HashSet<>(readers);
        backup.files().forEach(file -> below(file.disk()).forEach(below -> all.add(below.backup())));
        for (Errand errand : machine.errands()) {
            Set<BackupId> mind = errand.operation() instanceof MergeBackupOperation ? all : readers;
            if (mind.contains(errand.operation().backup())) {
                return Optional.of(RepositoryDecider.busy(errand.operation()));
            }
        }
        return machine.pending()
                .filter(open -> open instanceof Pending.Backup running
                        && running.plan().stream()
                                .anyMatch(plan ->
                                        plan.parent().filter(readers::contains).isPresent()))
                .map(open -> new Rejection.OtherOperation(
                        open.operation(), open.description() + " on top of backup " + backup.backup()));
    }

    /** What is damaged cannot be told from what is merged out of it; and nobody knows what is below a file that the log lost. */
    Optional<Rejection> broken(List<DiskName> disks) {
        for (DiskName disk : disks) {
            List<StoredBackup> layers = new ArrayList<>(below(disk));
            layers.addFirst(backup);
            for (StoredBackup layer : layers) {
                if (layer.file(disk).filter(StoredBackup.File::damaged).isPresent()) {
                    return Optional.of(new Rejection.BackupDamaged(backup.backup(), layer.backup(), disk));
                }
            }
            if (layers.getLast()
                    .file(disk)
                    .map(last -> last.parent().isPresent())
                    .orElse(true)) {
                return Optional.of(new Rejection.BackupDamaged(
                        backup.backup(), layers.getLast().backup(), disk));
            }
        }
        return Optional.empty();
    }

    /** The nearest first, as far as the log knows them. */
    List<StoredBackup> below(DiskName disk) {
        List<StoredBackup> below = new ArrayList<>();
        Optional<StoredBackup> at = Optional.of(backup);
        // Bounded by the number of backups, so that no log whatsoever leads in a circle.
        for (int count = machine.stored().size(); count > 0; count--) {
            at = at.flatMap(layer -> layer.file(disk))
                    .flatMap(StoredBackup.File::parent)
                    .flatMap(machine::stored);
            if (at.isEmpty()) {
                break;
            }
            below.add(at.get());
        }
        return below;
    }
}
