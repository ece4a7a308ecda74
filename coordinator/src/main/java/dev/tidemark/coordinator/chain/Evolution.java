package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionFailed;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupFinishRequested;
import dev.tidemark.schema.event.BackupMergeFailed;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.BackupReady;
import dev.tidemark.schema.event.BackupReplanned;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupSpeedChanged;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionFailed;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftGone;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.event.ErrandAbortRequested;
import dev.tidemark.schema.event.FormerMachine;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.GuestFreezeBegun;
import dev.tidemark.schema.event.GuestThawed;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreExportEndRequested;
import dev.tidemark.schema.event.RestoreExportEnded;
import dev.tidemark.schema.event.RestoreExportFailed;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.event.RestoreFailed;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.event.TrackedDisk;
import dev.tidemark.schema.event.VerificationFailed;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The one fold, for live and restart. It records; it never judges and never throws on an event that the log holds
 * (invariant I10). The switch has no default, so that the compiler finds the forgotten event.
 */
final class Evolution {
    private Evolution() {}

    static Machine apply(Machine machine, MachineEvent event) {
        Draft draft = new Draft(machine);
        switch (event) {
            case MachineRegistered registered -> {
                List<FormerMachine> formers = registered.formers().orElse(List.of());
                draft.registration = Optional.of(new Machine.Registration(
                        registered.name(),
                        registered.host(),
                        registered.qmpSocket(),
                        registered.qgaSocket(),
                        formers.stream().map(FormerMachine::machine).toList()));
                formers.forEach(former -> former.operations().forEach(draft::inherits));
            }
            case MachineRemoved removed -> {
                draft.accepted(removed.operation());
                draft.removed = true;
                draft.pending = Optional.empty();
                draft.errands.clear();
            }
            case MachineObserved observed -> observe(draft, observed);
            case CheckpointRequested requested -> {
                draft.intends(requested.operation());
                draft.checkpoints.add(new Checkpoint(
                        requested.checkpoint(), requested.name(), Checkpoint.State.REQUESTED, Optional.empty()));
                draft.pending = Optional.of(new Pending.Creation(
                        requested.operation(),
                        requested.checkpoint(),
                        requested.selection(),
                        requested.quiesce().orElse(false),
                        false));
            }
            case CheckpointCreated created -> create(draft, created);
            case CheckpointFailed failed -> {
                draft.retire(failed.checkpoint());
                if (draft.pending.filter(Pending.Creation.class::isInstance).isPresent()) {
                    draft.ended(failed.operation());
                }
            }
            case CheckpointDeletionRequested requested -> {
                draft.intends(requested.operation());
                draft.checkpointIs(requested.checkpoint(), Checkpoint.State.DELETING);
                draft.pending = Optional.of(new Pending.Deletion(requested.operation(), requested.checkpoint(), false));
            }
            case CheckpointDeleted deleted -> delete(draft, deleted);
            case CheckpointDeletionFailed failed -> {
                draft.checkpointIs(failed.checkpoint(), Checkpoint.State.CREATED);
                draft.ended(failed.operation());
            }
            case ChainBroken broken -> breakChain(draft, broken);
            case DriftFound drift -> draft.tell(Drift.key(drift));
            case DriftGone gone -> draft.forgetDrift(gone.kind());
            case OperationInDoubt doubt ->
                draft.pending =
                        draft.pending.map(open -> open.operation().equals(doubt.operation()) ? open.doubted() : open);
            case GuestFreezeBegun begun -> draft.freeze = Optional.of(new Freeze(begun.operation(), Optional.empty()));
            case GuestThawed thawed -> {
                draft.freeze = Optional.of(new Freeze(thawed.operation(), Optional.of(thawed.moment())));
                draft.forgetDrift(DriftKind.GUEST_FROZEN);
            }
            case BackupRequested requested -> request(draft, requested);
            case BackupReplanned replanned -> replan(draft, replanned);
            case BackupStarted started ->
                changeBackup(draft, started.operation(), backup -> backup.begun(started.at()));
            case BackupReady ready -> changeBackup(draft, ready.operation(), Pending.Backup::ready);
            case BackupFinishRequested requested -> {
                draft.accepted(requested.operation());
                draft.pending = draft.pending.map(open ->
                        open instanceof Pending.Backup backup && backup.backup().equals(requested.backup())
                                ? backup.finishing()
                                : open);
            }
            case BackupPulled pulled ->
                over(
                        draft,
                        BackupMode.PULL,
                        pulled.repository(),
                        pulled.backup(),
                        pulled.operation(),
                        pulled.checkpoint(),
                        pulled.disks());
            case BackupCompleted completed -> complete(draft, completed);
            case BackupFailed failed -> draft.ended(failed.operation());
            case BackupAbortRequested requested -> {
                draft.accepted(requested.operation());
                draft.pending = draft.pending.map(open ->
                        open instanceof Pending.Backup backup && backup.backup().equals(requested.backup())
                                ? requested.cause().isPresent() ? backup.expired() : backup.aborting()
                                : open);
            }
            case BackupSpeedChanged changed -> {
                draft.accepted(changed.operation());
                draft.pending = draft.pending.map(open ->
                        open instanceof Pending.Backup backup && backup.backup().equals(changed.backup())
                                ? backup.limited(changed.bytesPerSecondMax())
                                : open);
            }
            case BackupAborted aborted -> draft.ended(aborted.operation());
            case VerificationRequested requested -> {
                draft.accepted(requested.operation());
                draft.errands.add(new Errand(new VerifyOperation(
                        requested.operation(),
                        requested.backup(),
                        requested.repository(),
                        requested.deep().orElse(false),
                        List.of())));
            }
            case BackupVerified verified -> {
                RepositoryEvolution.verified(draft, verified);
                draft.errandEnded(verified.operation());
            }
            case BackupDamaged damaged -> {
                damage(draft, damaged);
                RepositoryEvolution.damaged(draft, damaged);
                draft.errandEnded(damaged.operation());
            }
            case VerificationFailed failed -> draft.errandEnded(failed.operation());
            case ErrandAbortRequested requested -> {
                draft.accepted(requested.operation());
                draft.errands.replaceAll(
                        errand -> errand.operation().id().equals(requested.errand()) ? errand.aborting() : errand);
            }
            case RestoreRequested requested -> {
                draft.accepted(requested.operation());
                draft.errands.add(new Errand(new RestoreOperation(
                        requested.operation(),
                        requested.backup(),
                        requested.repository(),
                        requested.disks(),
                        requested.directory(),
                        requested.format(),
                        List.of(),
                        requested.targets().orElse(List.of()))));
            }
            case RestoreCompleted completed -> draft.errandEnded(completed.operation());
            case RestoreFailed failed -> draft.errandEnded(failed.operation());
            case RestoreExportRequested requested -> {
                draft.accepted(requested.operation());
                draft.errands.add(new Errand(new RestoreExportOperation(
                        requested.operation(),
                        requested.backup(),
                        requested.repository(),
                        requested.disks(),
                        requested.terms(),
                        List.of(),
                        false)));
            }
            case RestoreExportOpened opened ->
                draft.changeExport(opened.operation(), export -> export.openedAt(opened.disks()));
            case RestoreExportEndRequested requested -> {
                draft.accepted(requested.operation());
                draft.changeExport(requested.export(), RestoreExportOperation::toEnd);
            }
            case RestoreExportEnded ended -> draft.errandEnded(ended.operation());
            case RestoreExportFailed failed -> draft.errandEnded(failed.operation());
            case BackupDeletionRequested requested -> RepositoryEvolution.deletionRequested(draft, requested);
            case BackupDeleted deleted -> {
                draft.unstore(deleted.backup());
                draft.errandEnded(deleted.operation());
            }
            case BackupMergeRequested requested -> RepositoryEvolution.mergeRequested(draft, requested);
            case BackupMerged merged -> {
                RepositoryEvolution.merged(draft, merged);
                draft.errandEnded(merged.operation());
            }
            case BackupMergeFailed failed -> {
                if (!failed.damaged().isEmpty()) {
                    BackupDamaged found = new BackupDamaged(
                            failed.machine(), failed.operation(), failed.backup(), failed.damaged(), failed.at());
                    damage(draft, found);
                    RepositoryEvolution.damaged(draft, found);
                }
                draft.errandEnded(failed.operation());
            }
            case RetentionChanged changed -> {
                draft.accepted(changed.operation());
                draft.retention.removeIf(known -> known.repository().equals(changed.repository()));
                changed.policy().ifPresent(policy -> draft.retention.add(new Retention(changed.repository(), policy)));
            }
            case BackupProtected kept -> RepositoryEvolution.protect(draft, kept);
            case BackupUnprotected kept -> RepositoryEvolution.unprotect(draft, kept);
            case BackupDeletionFailed failed -> {
                draft.changeStored(failed.backup(), kept -> kept.deletedBy(Optional.empty()));
                draft.errandEnded(failed.operation());
            }
        }
        return draft.seal();
    }

    private static void observe(Draft draft, MachineObserved observed) {
        if (!draft.qemu.equals(Optional.of(observed.qemu()))) {
            // What another process was in is no longer the matter; a pause of this one is news.
            draft.forgetDrift(DriftKind.MACHINE_PAUSED);
        }
        draft.qemu = Optional.of(observed.qemu());
        // Another process, or other disks: whether the guest is frozen now is news again.
        draft.forgetDrift(DriftKind.GUEST_FROZEN);
        List<DiskName> seen = observed.disks().stream().map(DiskFacts::name).toList();
        draft.disks.replaceAll(disk -> seen.contains(disk.name()) ? disk : disk.absent());
        for (DiskFacts facts : observed.disks()) {
            boolean known = draft.disks.stream().anyMatch(disk -> disk.name().equals(facts.name()));
            if (known) {
                draft.change(facts.name(), disk -> disk.withFacts(facts));
            } else {
                draft.disks.add(Disk.seenFirst(facts, draft.version));
            }
        }
    }

    private static void create(Draft draft, CheckpointCreated created) {
        draft.tookEffect();
        draft.checkpointIs(created.checkpoint(), Checkpoint.State.CREATED);
        for (TrackedDisk tracked : created.disks()) {
            Link link = new Link(
                    created.checkpoint(),
                    tracked.granularity(),
                    tracked.virtualSize(),
                    tracked.file(),
                    tracked.backingDepth(),
                    tracked.dirtyBytes());
            draft.change(tracked.disk(), disk -> {
                List<Link> chain = new ArrayList<>(disk.chain());
                chain.add(link);
                // The gateway sweeps before it acts, so what was unwanted is gone; if it comes back, the image was
                // rolled back.
                return disk.withChain(chain).withUnwanted(List.of());
            });
        }
        if (draft.pending.filter(Pending.Creation.class::isInstance).isPresent()) {
            draft.ended(created.operation());
        }
    }

    private static void delete(Draft draft, CheckpointDeleted deleted) {
        draft.tookEffect();
        for (Base base : draft.bases) {
            if (base.checkpoint().equals(deleted.checkpoint())) {
                for (DiskName disk : base.disks()) {
                    draft.lose(new LostBase(
                            base.repository(),
                            base.mode(),
                            disk,
                            FullCause.BASE_CHECKPOINT_DELETED,
                            "the checkpoint of backup " + base.backup() + " was deleted"));
                }
            }
        }
        draft.bases.removeIf(base -> base.checkpoint().equals(deleted.checkpoint()));
        draft.disks.replaceAll(disk -> disk.withChain(without(disk, deleted.checkpoint())));
        draft.retire(deleted.checkpoint());
        draft.ended(deleted.operation());
    }

    /** The chain without a checkpoint whose bits went to the one before it, which therefore marks as much from now on. */
    private static List<Link> without(Disk disk, CheckpointId deleted) {
        List<Link> rest = new ArrayList<>();
        for (Link link : disk.chain()) {
            if (!link.checkpoint().equals(deleted)) {
                rest.add(link);
            } else if (!rest.isEmpty()) {
                rest.set(rest.size() - 1, rest.getLast().withBitsOf(link));
            }
        }
        return rest;
    }

    private static void breakChain(Draft draft, ChainBroken broken) {
        List<CheckpointId> gone = broken.checkpoints();
        Break cause = new Break(broken.cause(), broken.detail(), draft.version);
        draft.change(broken.disk(), disk -> {
            List<CheckpointId> unwanted = new ArrayList<>(disk.unwanted());
            gone.stream().filter(checkpoint -> !unwanted.contains(checkpoint)).forEach(unwanted::add);
            List<Link> rest = disk.chain().stream()
                    .filter(link -> !gone.contains(link.checkpoint()))
                    .toList();
            return disk.broken(cause, rest, unwanted);
        });
        for (Base base : List.copyOf(draft.bases)) {
            if (gone.contains(base.checkpoint()) && base.disks().contains(broken.disk())) {
                draft.lose(new LostBase(
                        base.repository(),
                        base.mode(),
                        broken.disk(),
                        FullCause.valueOf(broken.cause().name()),
                        broken.detail()));
            }
        }
        draft.bases.replaceAll(base -> gone.contains(base.checkpoint()) ? base.without(broken.disk()) : base);
        draft.bases.removeIf(base -> base.disks().isEmpty());
    }

    private static void request(Draft draft, BackupRequested requested) {
        draft.intends(requested.operation());
        requested
                .checkpoint()
                .ifPresent(checkpoint -> draft.checkpoints.add(new Checkpoint(
                        checkpoint.id(),
                        checkpoint.name(),
                        Checkpoint.State.REQUESTED,
                        Optional.of(requested.backup()))));
        draft.pending = Optional.of(new Pending.Backup(
                requested.operation(),
                requested.backup(),
                requested.repository(),
                requested.request(),
                requested.checkpoint(),
                requested.selection(),
                requested.disks(),
                requested.bytesPerSecondMax(),
                requested.compression(),
                requested.quiesce().orElse(false),
                requested.at(),
                Optional.empty(),
                false,
                false,
                requested.pull().map(terms -> new Pending.Backup.Pull(terms, false, false)),
                requested.deadline().map(until -> new Pending.Backup.Deadline(until, false))));
    }

    private static void replan(Draft draft, BackupReplanned replanned) {
        draft.pending
                .filter(Pending.Backup.class::isInstance)
                .map(Pending.Backup.class::cast)
                .ifPresent(backup -> {
                    for (DiskPlan plan : replanned.disks()) {
                        plan.cause()
                                .filter(cause -> cause == FullCause.BASE_BACKUP_MISSING)
                                .ifPresent(cause ->
                                        loseAll(draft, backup.repository(), plan.disk(), cause, plan.detail()));
                    }
                    draft.pending = Optional.of(backup.replanned(replanned.disks()));
                });
    }

    private static void complete(Draft draft, BackupCompleted completed) {
        RepositoryEvolution.completed(draft, completed);
        if (!draft.usedRepositories.contains(completed.repository())) {
            draft.usedRepositories.add(completed.repository());
        }
        over(
                draft,
                BackupMode.PUSH,
                completed.repository(),
                completed.backup(),
                completed.operation(),
                completed.checkpoint(),
                completed.disks().stream().map(CompletedDisk::disk).toList());
    }

    /** A backup that reached its end is a base, for others of its mode, where its checkpoint lives on. */
    private static void over(
            Draft draft,
            BackupMode mode,
            RepositoryName repository,
            BackupId backupId,
            OperationId operation,
            Optional<CheckpointId> ownCheckpoint,
            List<DiskName> disks) {
        draft.tookEffect();
        boolean checkpointLost = ownCheckpoint.isEmpty()
                && draft.pending.orElse(null) instanceof Pending.Backup backup
                && backup.checkpoint().isPresent();
        if (checkpointLost) {
            disks.forEach(disk -> draft.lose(new LostBase(
                    repository,
                    mode,
                    disk,
                    FullCause.BITMAP_MISSING,
                    "the bitmap of backup " + backupId + " was lost before it was seen")));
        }
        ownCheckpoint.ifPresent(checkpoint -> {
            List<DiskName> tracked = disks.stream()
                    .filter(disk -> draft.isTracked(disk, checkpoint))
                    .toList();
            if (!tracked.isEmpty()) {
                draft.bases.add(new Base(repository, mode, checkpoint, backupId, tracked, draft.version));
                draft.lostBases.removeIf(lost ->
                        lost.repository().equals(repository) && lost.mode() == mode && tracked.contains(lost.disk()));
            }
        });
        draft.ended(operation);
    }

    private static void damage(Draft draft, BackupDamaged damaged) {
        Optional<RepositoryName> repository = draft.errands.stream()
                .filter(errand -> errand.operation().id().equals(damaged.operation()))
                .map(errand -> errand.operation().repository())
                .findFirst();
        // Nothing stands on what lies at a target.
        boolean elsewhere = draft.stored().stream()
                .anyMatch(stored -> stored.backup().equals(damaged.backup())
                        && !stored.targets().isEmpty());
        repository
                .filter(name -> !elsewhere)
                .ifPresent(name -> damaged.disks()
                        .forEach(disk -> loseAll(
                                draft,
                                name,
                                disk.disk(),
                                FullCause.BASE_BACKUP_DAMAGED,
                                "backup " + damaged.backup() + " failed its verification: " + disk.detail())));
    }

    /** Every push backup of the disk in the repository may stand on the one that is lost, so none is a base any more. */
    private static void loseAll(Draft draft, RepositoryName repository, DiskName disk, FullCause cause, String detail) {
        boolean held = draft.bases.stream()
                .anyMatch(base -> isPushedTo(repository, base) && base.disks().contains(disk));
        draft.bases.replaceAll(base -> isPushedTo(repository, base) ? base.without(disk) : base);
        draft.bases.removeIf(base -> base.disks().isEmpty());
        if (held) {
            draft.lose(new LostBase(repository, BackupMode.PUSH, disk, cause, detail));
        }
    }

    /** What a client pulled does not lie in the repository, so that nothing can be missing or damaged there. */
    private static boolean isPushedTo(RepositoryName repository, Base base) {
        return base.repository().equals(repository) && base.mode() == BackupMode.PUSH;
    }

    private static void changeBackup(Draft draft, OperationId operation, UnaryOperator<Pending.Backup> change) {
        draft.pending = draft.pending.map(open ->
                open instanceof Pending.Backup backup && backup.operation().equals(operation)
                        ? change.apply(backup)
                        : open);
    }
}
