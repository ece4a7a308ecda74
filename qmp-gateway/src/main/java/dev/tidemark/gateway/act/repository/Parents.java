package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.BackupPlan.PlannedDisk;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskEncryption;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.KeyIdentity;
import dev.tidemark.schema.id.MachineId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Whether what an incremental stands on is in the repository: completed, whole, of the right checkpoint and the right size. */
final class Parents {
    /**
     * QEMU opens every layer below a target while its guest waits, and spells out the whole chain below each encrypted one in every look:
     * 64 layers took it 1.2 s to open, and with 255 of them on one disk a single look took 7 s (QEMU 7.2).
     */
    static final int ENCRYPTED_LENGTH_MAX = 32;

    private Parents() {}

    static Optional<DamagedDisk> fault(RepositoryTree tree, MachineId machine, PlannedDisk disk, KeyRing keys) {
        if (disk.plan().kind() == BackupKind.FULL) {
            return Optional.empty();
        }
        Optional<BackupId> parent = disk.plan().parent();
        Optional<CheckpointId> since = disk.plan().since();
        if (parent.isEmpty() || since.isEmpty()) {
            return Optional.of(new DamagedDisk(
                    disk.name(),
                    RepositoryTree.file(disk.name()),
                    "an incremental without a parent and its checkpoint"));
        }
        BackupChain below;
        Optional<DamagedDisk> fault;
        // One of those below may be merged just now.
        MergeSwap.exchange(machine).readLock().lock();
        try {
            below = BackupChain.below(tree, machine, parent.get(), disk.name(), since.get(), disk.size());
            fault = below.firstFault();
        } finally {
            MergeSwap.exchange(machine).readLock().unlock();
        }
        int most = below.layers().stream()
                        .anyMatch(layer -> layer.stored().encryption().isPresent())
                ? ENCRYPTED_LENGTH_MAX
                : BackupChain.LENGTH_MAX;
        if (fault.isEmpty() && below.layers().size() >= most) {
            return Optional.of(new DamagedDisk(
                    disk.name(),
                    RepositoryTree.relative(machine, parent.get(), RepositoryTree.file(disk.name())),
                    "the chain has " + most + " backups already; a full one has to begin another"));
        }
        return fault.or(() -> keyless(below, keys));
    }

    /** On what nobody can open nothing may stand, or nobody could open that either. */
    private static Optional<DamagedDisk> keyless(BackupChain below, KeyRing keys) {
        Set<KeyIdentity> held = new HashSet<>();
        for (Layer layer : below.layers()) {
            Optional<KeyIdentity> needed = layer.stored().encryption().map(DiskEncryption::key);
            if (needed.isEmpty() || held.contains(needed.get())) {
                continue;
            }
            if (!keys.holds(needed.get())) {
                return Optional.of(layer.damaged(
                        "it is encrypted with key " + needed.get() + ", which this gateway does not have"));
            }
            held.add(needed.get());
        }
        return Optional.empty();
    }

    static RepositoryException missing(PlannedDisk disk, DamagedDisk fault) {
        return new RepositoryException(
                FailureCode.BASE_BACKUP_MISSING,
                disk.name(),
                "cannot stand on " + fault.file() + ": " + fault.detail(),
                null);
    }
}
