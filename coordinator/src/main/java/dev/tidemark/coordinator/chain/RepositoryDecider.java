package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.command.AbortErrand;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.MergeBackup;
import dev.tidemark.schema.command.ProtectBackup;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.UnprotectBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.ErrandAbortRequested;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.util.List;
import java.util.Optional;

/** What follows from a command that concerns backups where they lie. */
final class RepositoryDecider {
    private RepositoryDecider() {}

    static Decision verify(VerifyBackup command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        Optional<Rejection> going = beingDeleted(machine, command.backup())
                .or(() -> command.deep() ? Targets.elsewhere(machine, command.backup(), List.of()) : Optional.empty());
        if (going.isPresent()) {
            return Decision.rejected(going.get());
        }
        return Decision.accepted(new VerificationRequested(
                command.machine(),
                command.operation(),
                command.backup(),
                command.repository(),
                command.deep() ? Optional.of(true) : Optional.empty(),
                command.askedAt()));
    }

    static Decision restore(RestoreBackup command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        Optional<Rejection> going = beingDeleted(machine, command.backup());
        if (going.isPresent()) {
            return Decision.rejected(going.get());
        }
        List<DiskName> disks = command.targets().isEmpty()
                ? command.selection().isEmpty() ? command.backupDisks() : command.selection()
                : command.targets().stream().map(DiskTarget::disk).toList();
        for (int index = 0; index < disks.size(); index++) {
            DiskName disk = disks.get(index);
            if (!command.backupDisks().contains(disk)) {
                return Decision.rejected(new Rejection.UnknownDisk(disk, command.backupDisks()));
            }
            if (disks.indexOf(disk) != index) {
                return Decision.rejected(new Rejection.DiskNamedTwice(disk));
            }
        }
        Optional<Rejection> taken = Targets.elsewhere(machine, command.backup(), disks)
                .or(() -> Targets.objection(machine, command.targets()));
        if (taken.isPresent()) {
            return Decision.rejected(taken.get());
        }
        return Decision.accepted(new RestoreRequested(
                command.machine(),
                command.operation(),
                command.backup(),
                command.repository(),
                disks,
                command.directory(),
                command.format(),
                command.targets().isEmpty() ? Optional.empty() : Optional.of(command.targets()),
                command.askedAt()));
    }

    /** A deletion and a merge go on: half of one is none, and both are over soon. */
    static Decision abort(AbortErrand command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        Optional<RepositoryOperation> found = machine.errands().stream()
                .map(Errand::operation)
                .filter(open -> open.id().equals(command.errand()))
                .findFirst();
        if (found.isEmpty()) {
            return Decision.rejected(new Rejection.NotUnderWay(command.errand()));
        }
        if (found.get() instanceof DeleteBackupOperation || found.get() instanceof MergeBackupOperation) {
            return Decision.rejected(
                    new Rejection.Unsupported("the deletion and the merge of a backup go on to their ends"));
        }
        return Decision.accepted(
                new ErrandAbortRequested(command.machine(), command.operation(), command.errand(), command.askedAt()));
    }

    static Decision delete(DeleteBackup command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        BackupId backup = command.backup();
        if (machine.stored(backup).isEmpty()) {
            return Decision.rejected(new Rejection.UnknownBackup(backup));
        }
        Optional<Rejection> unfit = beingDeleted(machine, backup)
                .or(() -> kept(machine, backup))
                .or(() -> needed(machine, backup))
                .or(() -> inUse(machine, backup))
                .or(() -> command.byPolicy()
                        ? RetentionDecider.keeps(machine, machine.stored(backup).get())
                        : Optional.empty());
        return unfit.map(Decision::rejected)
                .orElseGet(() -> Decision.accepted(new BackupDeletionRequested(
                        command.machine(), command.operation(), backup, command.askedAt())));
    }

    static Decision merge(MergeBackup command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        BackupId backup = command.backup();
        Optional<StoredBackup> stored = machine.stored(backup);
        if (stored.isEmpty()) {
            return Decision.rejected(new Rejection.UnknownBackup(backup));
        }
        MergePlanner planner = new MergePlanner(machine, stored.get());
        Optional<Rejection> unfit = planner.unfit();
        if (unfit.isPresent()) {
            return Decision.rejected(unfit.get());
        }
        List<DiskMerge> disks = switch (command.reach()) {
            case PARENT -> planner.parents();
            case ALL -> planner.everything();
            case POLICY -> RetentionDecider.merges(machine, stored.get());
        };
        return disks.isEmpty()
                ? Decision.rejected(new Rejection.NothingToMerge(backup))
                : Decision.accepted(new BackupMergeRequested(
                        command.machine(), command.operation(), backup, disks, command.askedAt()));
    }

    static Decision protect(ProtectBackup command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        BackupId backup = command.backup();
        Optional<StoredBackup> stored = machine.stored(backup);
        if (stored.isEmpty()) {
            return Decision.rejected(new Rejection.UnknownBackup(backup));
        }
        Optional<Rejection> unfit = beingDeleted(machine, backup);
        if (unfit.isEmpty() && command.hold().isPresent()) {
            // The reason of a hold is not written over.
            unfit = stored.get().hold().map(reason -> new Rejection.Held(backup, reason));
        }
        return unfit.map(Decision::rejected)
                .orElseGet(() -> Decision.accepted(new BackupProtected(
                        command.machine(), command.operation(), backup, command.hold(), command.askedAt())));
    }

    static Decision unprotect(UnprotectBackup command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        BackupId backup = command.backup();
        Optional<StoredBackup> stored = machine.stored(backup);
        if (stored.isEmpty()) {
            return Decision.rejected(new Rejection.UnknownBackup(backup));
        }
        boolean held = stored.get().hold().isPresent();
        boolean nothing = command.releaseHold() ? !held : !stored.get().guarded();
        if (nothing && held) {
            return Decision.rejected(
                    new Rejection.Held(backup, stored.get().hold().get()));
        }
        if (nothing) {
            return Decision.rejected(new Rejection.NotProtected(backup, command.releaseHold()));
        }
        return Decision.accepted(new BackupUnprotected(
                command.machine(), command.operation(), backup, command.releaseHold(), command.askedAt()));
    }

    /** By somebody's word; those below it are kept by standing below it. */
    private static Optional<Rejection> kept(Machine machine, BackupId backup) {
        return machine.stored(backup)
                .flatMap(stored -> stored.hold()
                        .<Rejection>map(reason -> new Rejection.Held(backup, reason))
                        .or(() -> stored.guarded()
                                ? Optional.of(new Rejection.BackupProtected(backup))
                                : Optional.empty()));
    }

    static Optional<Rejection> beingDeleted(Machine machine, BackupId backup) {
        return machine.stored(backup)
                .flatMap(StoredBackup::deletion)
                .map(operation -> new Rejection.OtherOperation(operation, "backup " + backup + " is being deleted"));
    }

    private static Optional<Rejection> needed(Machine machine, BackupId backup) {
        List<BackupId> above = machine.standingOn(backup);
        return above.isEmpty() ? Optional.empty() : Optional.of(new Rejection.BackupNeeded(backup, above));
    }

    /** Whoever reads a backup that stands on this one keeps it too: such a backup is still there, and named before this. */
    private static Optional<Rejection> inUse(Machine machine, BackupId backup) {
        for (Errand errand : machine.errands()) {
            if (errand.operation().backup().equals(backup)) {
                return Optional.of(busy(errand.operation()));
            }
        }
        return machine.pending()
                .filter(open -> open instanceof Pending.Backup running
                        && running.plan().stream()
                                .anyMatch(plan -> plan.parent().equals(Optional.of(backup))))
                .map(open -> other(open.operation(), open.description() + " on top of it"));
    }

    private static Rejection other(OperationId operation, String what) {
        return new Rejection.OtherOperation(operation, what);
    }

    /** Its backup is needed as it is. */
    static Rejection busy(RepositoryOperation open) {
        return new Rejection.OtherOperation(
                open.id(),
                "backup " + open.backup() + " is being " + done(open),
                open instanceof RestoreExportOperation export && !export.ending());
    }

    static String done(RepositoryOperation operation) {
        return switch (operation) {
            case VerifyOperation _ -> "verified";
            case RestoreOperation _ -> "restored";
            case RestoreExportOperation _ -> "exported";
            case DeleteBackupOperation _ -> "deleted";
            case MergeBackupOperation _ -> "merged";
            case AbortOperation abort -> done(abort.errand());
        };
    }
}
