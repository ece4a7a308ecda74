package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.TargetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether what the log knows of a machine speaks against writing to an address. The gateway knows more: what it leads to. */
final class Targets {
    private Targets() {}

    static Optional<Rejection> objection(Machine machine, List<DiskTarget> targets) {
        Set<TargetAddress> seen = new HashSet<>();
        for (DiskTarget target : targets) {
            TargetAddress address = target.address();
            if (!seen.add(address)) {
                return Optional.of(new Rejection.TargetNamedTwice(address));
            }
            for (Disk disk : machine.disks()) {
                if (disk.present() && disk.facts().file().equals(address.value())) {
                    return Optional.of(new Rejection.TargetIsDisk(address, disk.name()));
                }
            }
            for (StoredBackup stored : machine.stored()) {
                if (stored.targets().contains(address)) {
                    return Optional.of(new Rejection.TargetClaimed(address, stored.backup()));
                }
            }
            if (machine.pending().orElse(null) instanceof Pending.Backup backup
                    && backup.request().targetsOfDisks().stream()
                            .anyMatch(other -> other.address().equals(address))) {
                return Optional.of(
                        new Rejection.OtherOperation(backup.operation(), address + " is being written by a backup"));
            }
            for (Errand errand : machine.errands()) {
                if (errand.operation() instanceof RestoreOperation restore
                        && restore.targets().stream()
                                .anyMatch(other -> other.address().equals(address))) {
                    return Optional.of(
                            new Rejection.OtherOperation(restore.id(), address + " is being written by a restore"));
                }
            }
        }
        return Optional.empty();
    }

    /** Every disk of a backup has a target, or none has. */
    static Optional<Rejection> misfit(BackupRequest request, List<DiskName> selection) {
        List<DiskName> named =
                request.targetsOfDisks().stream().map(DiskTarget::disk).toList();
        for (DiskName disk : named) {
            if (named.indexOf(disk) != named.lastIndexOf(disk)) {
                return Optional.of(new Rejection.DiskNamedTwice(disk));
            }
        }
        return named.isEmpty() || new HashSet<>(named).equals(new HashSet<>(selection))
                ? Optional.empty()
                : Optional.of(new Rejection.Unsupported("each disk of the backup needs a target, or none of them"));
    }

    /** What works on files cannot be done to a backup that lies elsewhere. */
    static Optional<Rejection> elsewhere(Machine machine, BackupId backup, List<DiskName> disks) {
        return machine.stored(backup).stream()
                .flatMap(stored -> stored.files().stream())
                .filter(file -> disks.isEmpty() || disks.contains(file.disk()))
                .flatMap(file -> file.target().stream()
                        .map(address -> (Rejection) new Rejection.BackupElsewhere(backup, file.disk(), address)))
                .findFirst();
    }
}
