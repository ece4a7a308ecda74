package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A machine while one event is applied to it; never leaves {@link Evolution}. */
final class Draft {
    /** So many accepted operations are remembered; more than can be in flight or retried at once. */
    private static final int RECENT_MAX = 128;

    /** So many intents are remembered behind a seen effect: before it acts, a gateway puts away what is left of others. */
    private static final int SWEPT_INTENTS_MAX = 64;

    /** So many at all: a machine on which nothing takes effect for so long has to be looked at by a person. */
    private static final int INTENTS_MAX = 4096;

    /** So many told drifts are remembered; beyond it the oldest may be told again, which is harmless. */
    private static final int TOLD_MAX = 512;

    final MachineId id;
    final long version;
    Optional<Machine.Registration> registration;
    boolean removed;
    Optional<QemuFacts> qemu;
    final CopiedOnChange<Disk> disks;
    final CopiedOnChange<Checkpoint> checkpoints;
    private List<CheckpointId> retired;
    final CopiedOnChange<Base> bases;
    final CopiedOnChange<LostBase> lostBases;
    final CopiedOnChange<RepositoryName> usedRepositories;
    final CopiedOnChange<Retention> retention;
    Optional<Pending> pending;
    Optional<Freeze> freeze;
    final CopiedOnChange<Errand> errands;
    // Long, and most events touch none of them: copied by whoever changes one.
    private List<StoredBackup> stored;
    private List<String> told;
    private List<OperationId> recent;
    private List<OperationId> intents;

    Draft(Machine machine) {
        id = machine.id();
        version = machine.version() + 1;
        registration = machine.registration();
        removed = machine.removed();
        qemu = machine.qemu();
        disks = new CopiedOnChange<>(machine.disks());
        checkpoints = new CopiedOnChange<>(machine.checkpoints());
        retired = machine.retired();
        bases = new CopiedOnChange<>(machine.bases());
        lostBases = new CopiedOnChange<>(machine.lostBases());
        usedRepositories = new CopiedOnChange<>(machine.usedRepositories());
        retention = new CopiedOnChange<>(machine.retention());
        pending = machine.pending();
        freeze = machine.freeze();
        errands = new CopiedOnChange<>(machine.errands());
        stored = machine.stored();
        told = machine.told();
        recent = machine.recent();
        intents = machine.intents();
    }

    Machine seal() {
        return new Machine(
                id,
                version,
                registration,
                removed,
                qemu,
                disks.list(),
                checkpoints.list(),
                retired,
                bases.list(),
                lostBases.list(),
                usedRepositories.list(),
                stored,
                retention.list(),
                pending,
                freeze,
                errands.list(),
                told,
                recent,
                intents);
    }

    void accepted(OperationId operation) {
        recent = remembered(recent, operation, RECENT_MAX);
    }

    /** An operation that is to change QEMU. */
    void intends(OperationId operation) {
        accepted(operation);
        intents = remembered(intents, operation, INTENTS_MAX);
    }

    /** An operation of a machine that was here before: what is left of it is ours. */
    void inherits(OperationId operation) {
        intents = remembered(intents, operation, INTENTS_MAX);
    }

    /** An operation was seen to have had its effect. */
    void tookEffect() {
        if (intents.size() > SWEPT_INTENTS_MAX) {
            intents = List.copyOf(intents.subList(intents.size() - SWEPT_INTENTS_MAX, intents.size()));
        }
    }

    void tell(String drift) {
        told = remembered(told, drift, TOLD_MAX);
    }

    void forgetDrift(DriftKind kind) {
        List<String> kept = new ArrayList<>(told);
        if (kept.removeIf(drift -> Drift.isOf(kind, drift))) {
            told = kept;
        }
    }

    void change(DiskName name, UnaryOperator<Disk> change) {
        disks.replaceAll(disk -> disk.name().equals(name) ? change.apply(disk) : disk);
    }

    /** Whether the disk's chain has the checkpoint. */
    boolean isTracked(DiskName name, CheckpointId checkpoint) {
        for (Disk disk : disks) {
            if (disk.name().equals(name) && disk.indexOf(checkpoint) >= 0) {
                return true;
            }
        }
        return false;
    }

    void checkpointIs(CheckpointId checkpoint, Checkpoint.State state) {
        checkpoints.replaceAll(live -> live.id().equals(checkpoint) ? live.in(state) : live);
    }

    void retire(CheckpointId checkpoint) {
        checkpoints.removeIf(live -> live.id().equals(checkpoint));
        List<CheckpointId> more = new ArrayList<>(retired);
        more.add(checkpoint);
        retired = more;
    }

    void lose(LostBase lost) {
        lostBases.removeIf(known -> known.repository().equals(lost.repository())
                && known.mode() == lost.mode()
                && known.disk().equals(lost.disk()));
        lostBases.add(lost);
    }

    /** Ends the pending operation if it is this one. */
    void ended(OperationId operation) {
        pending = pending.filter(open -> !open.operation().equals(operation));
    }

    void store(StoredBackup backup) {
        List<StoredBackup> more = new ArrayList<>(stored);
        more.add(backup);
        stored = more;
    }

    List<StoredBackup> stored() {
        return stored;
    }

    void changeStored(BackupId backup, UnaryOperator<StoredBackup> change) {
        List<StoredBackup> changed = new ArrayList<>(stored);
        changed.replaceAll(kept -> kept.backup().equals(backup) ? change.apply(kept) : kept);
        stored = changed;
    }

    /** This disk's files in these backups were read, and are as they were written. */
    void foundSound(Set<BackupId> backups, DiskName disk) {
        if (stored.stream().anyMatch(kept -> backups.contains(kept.backup()) && kept.isDamaged(disk))) {
            stored = stored.stream()
                    .map(kept -> backups.contains(kept.backup()) ? kept.read(disk, false) : kept)
                    .toList();
        }
    }

    /** Whether a file of this disk is known to be damaged, in any backup. */
    boolean anyDamaged(DiskName disk) {
        for (StoredBackup kept : stored) {
            if (kept.isDamaged(disk)) {
                return true;
            }
        }
        return false;
    }

    void unstore(BackupId backup) {
        stored = stored.stream().filter(kept -> !kept.backup().equals(backup)).toList();
    }

    void errandEnded(OperationId operation) {
        errands.removeIf(errand -> errand.operation().id().equals(operation));
    }

    /** One that is not there, or no export, stays as it is. */
    void changeExport(OperationId operation, UnaryOperator<RestoreExportOperation> change) {
        errands.replaceAll(errand -> errand.operation() instanceof RestoreExportOperation export
                        && export.id().equals(operation)
                ? new Errand(change.apply(export), errand.abort())
                : errand);
    }

    private static <T> List<T> remembered(List<T> list, T entry, int most) {
        List<T> more = new ArrayList<>(list);
        more.remove(entry);
        more.add(entry);
        if (more.size() > most) {
            more.removeFirst();
        }
        return more;
    }
}
