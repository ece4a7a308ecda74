package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.command.EndRestoreExport;
import dev.tidemark.schema.command.ExportBackup;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.event.RestoreExportEndRequested;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What follows from the wish to read a restore point where it lies. Nobody reads the files to their ends before, as a restore does: so
 * a file that the log knows to be damaged is refused here, by name.
 */
final class ExportDecider {
    private ExportDecider() {}

    static Decision export(ExportBackup command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        Optional<StoredBackup> found = machine.stored(command.backup());
        if (found.isEmpty()) {
            return Decision.rejected(new Rejection.UnknownBackup(command.backup()));
        }
        StoredBackup stored = found.get();
        List<DiskName> held =
                stored.files().stream().map(StoredBackup.File::disk).toList();
        List<DiskName> disks = command.selection().isEmpty() ? held : command.selection();
        MergePlanner chains = new MergePlanner(machine, stored);
        return unknown(disks, held)
                .or(() -> RepositoryDecider.beingDeleted(machine, command.backup()))
                .or(() -> Targets.elsewhere(machine, command.backup(), disks))
                .or(() -> beingMerged(machine, chains, command.backup(), disks))
                .or(() -> chains.broken(disks))
                .map(Decision::rejected)
                .orElseGet(() -> Decision.accepted(new RestoreExportRequested(
                        command.machine(),
                        command.operation(),
                        command.backup(),
                        stored.repository(),
                        disks,
                        command.terms(),
                        command.askedAt())));
    }

    static Decision end(EndRestoreExport command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        boolean served = machine.errands().stream()
                .map(Errand::operation)
                .anyMatch(open ->
                        open instanceof RestoreExportOperation && open.id().equals(command.export()));
        return served
                ? Decision.accepted(new RestoreExportEndRequested(
                        command.machine(), command.operation(), command.export(), command.askedAt()))
                : Decision.rejected(new Rejection.NotExported(command.export()));
    }

    private static Optional<Rejection> unknown(List<DiskName> disks, List<DiskName> held) {
        for (int index = 0; index < disks.size(); index++) {
            DiskName disk = disks.get(index);
            if (!held.contains(disk)) {
                return Optional.of(new Rejection.UnknownDisk(disk, held));
            }
            if (disks.indexOf(disk) != index) {
                return Optional.of(new Rejection.DiskNamedTwice(disk));
            }
        }
        return Optional.empty();
    }

    /** Its files, or those that it stands on, are about to be others. */
    private static Optional<Rejection> beingMerged(
            Machine machine, MergePlanner chains, BackupId backup, List<DiskName> disks) {
        Set<BackupId> read = new HashSet<>(Set.of(backup));
        disks.forEach(disk -> chains.below(disk).forEach(below -> read.add(below.backup())));
        return machine.errands().stream()
                .map(Errand::operation)
                .filter(open -> open instanceof MergeBackupOperation && read.contains(open.backup()))
                .findFirst()
                .map(RepositoryDecider::busy);
    }
}
