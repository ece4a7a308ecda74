package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.BackupReady;
import dev.tidemark.schema.event.BackupReplanned;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.TargetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of the pending backup. As long as its jobs were not seen, its plan follows what is seen: that is how a
 * crash between the plan and the start turns into a full backup of the right disk. Afterwards the plan is fixed.
 */
final class BackupConclusion {
    private final Unfolding unfolding;
    private final Instant at;
    private final PendingConclusion pendings;

    BackupConclusion(Unfolding unfolding, Instant at) {
        this.unfolding = unfolding;
        this.at = at;
        this.pendings = new PendingConclusion(unfolding, at);
    }

    void conclude(Pending.Backup backup, Sight.Observed seen, DiskJudgement judgement, Optional<Outcome> outcome) {
        // Exports that can be read are a beginning, not an end.
        boolean done = outcome.orElse(null) instanceof Outcome.Done(var evidence)
                && !(evidence instanceof Outcome.Evidence.Exported);
        boolean began = Seen.job(seen, backup.operation())
                || !judgement.trackedNow().isEmpty()
                || !judgement.stillborn().isEmpty();
        if (!backup.started() && (began || done)) {
            if (began && !done) {
                unfolding.append(new BackupStarted(unfolding.now().id(), backup.operation(), backup.backup(), at));
            }
            // A backup may be over before its start was told: then, too, this is the first look since.
            if (lostEvidenceAtStart(backup)) {
                pendings.fail(
                        backup,
                        FailureCode.EVIDENCE_CHANGED,
                        "the look after the start shows that the evidence for an incremental did not hold");
                return;
            }
            Optional<DiskName> moved = movedAtStart(backup);
            if (moved.isPresent()) {
                pendings.fail(
                        backup,
                        FailureCode.EVIDENCE_CHANGED,
                        "the look after the start shows disk " + moved.get()
                                + " with another size, file or layer than the backup was planned for");
                return;
            }
        }
        // What is stored is whole. Of a pull nothing is, until its client says so.
        boolean open = outcome.isEmpty() || (backup.pull().isPresent() && outcome.orElse(null) instanceof Outcome.Done);
        if (open) {
            Optional<String> changed = changedWhileCopying(backup, seen);
            if (changed.isPresent()) {
                pendings.fail(backup, FailureCode.CONFIGURATION_CHANGED, changed.get());
                return;
            }
        }
        if (outcome.orElse(null) instanceof Outcome.Done(var evidence)) {
            if (backup.pull().isPresent()) {
                pulled(backup, seen, evidence);
            } else {
                done(backup, evidence);
            }
        } else if (outcome.isPresent()) {
            refusedOrUnknown(backup, outcome.get());
        } else {
            replan(backup, List.of(), "");
        }
    }

    /** Without a look at QEMU the repository's word counts once the checkpoint's fate is settled. */
    void concludeUnseen(Pending.Backup backup, Outcome outcome) {
        boolean checkpointOpen = backup.checkpoint()
                .map(checkpoint -> pendings.isOpen(checkpoint.id()))
                .orElse(false);
        boolean startUnseen =
                !backup.started() && backup.plan().stream().anyMatch(plan -> plan.kind() == BackupKind.INCREMENTAL);
        if (checkpointOpen || (startUnseen && outcome instanceof Outcome.Done)) {
            // Nobody has looked since the transaction whether the evidence that it stood on held.
            return;
        }
        switch (outcome) {
            case Outcome.Done(var evidence) -> {
                // Of a pull nothing lies in the repository: only a look tells that it is whole.
                if (backup.pull().isEmpty()) {
                    done(backup, evidence);
                }
            }
            case Outcome.Refused refused -> pendings.fail(backup, refused.code(), refused.detail());
            case Outcome.Unknown unknown -> throw new IllegalStateException("concluded before: " + unknown);
        }
    }

    /**
     * What a client has read is worth something only if every job ran and every export was there until it had. The gateway says so
     * of the very look that it reports, and the look has to show it.
     */
    private void pulled(Pending.Backup backup, Sight.Observed seen, Outcome.Evidence evidence) {
        boolean whole = Seen.runningJobs(seen, backup.operation())
                        == backup.plan().size()
                && Seen.exports(seen, backup.operation()) == backup.plan().size();
        Pending.Backup.Pull pull = backup.pull().orElseThrow();
        if (!whole) {
            pendings.fail(
                    backup,
                    FailureCode.EVIDENCE_CHANGED,
                    "the look beside the gateway's word does not show every job and every export of the backup");
        } else if (evidence instanceof Outcome.Evidence.Exported(var disks)) {
            if (!pull.ready()) {
                unfolding.append(new BackupReady(unfolding.now().id(), backup.operation(), backup.backup(), disks, at));
            }
        } else if (evidence instanceof Outcome.Evidence.Seen && pull.ready() && pull.finish()) {
            pendings.failOpenCheckpoint(
                    backup, FailureCode.EVIDENCE_CHANGED, "the backup was read, but its bitmap is not there");
            unfolding.append(new BackupPulled(
                    unfolding.now().id(),
                    backup.operation(),
                    backup.backup(),
                    backup.repository(),
                    liveCheckpoint(backup),
                    backup.plan().stream().map(DiskPlan::disk).toList(),
                    at));
        }
    }

    private Optional<CheckpointId> liveCheckpoint(Pending.Backup backup) {
        return backup.checkpoint()
                .map(BackupCheckpoint::id)
                .filter(id -> unfolding.now().checkpoint(id).isPresent());
    }

    private void done(Pending.Backup backup, Outcome.Evidence evidence) {
        if (!(evidence instanceof Outcome.Evidence.Stored(var disks, var identity, var configuration))
                || !fits(backup, disks)) {
            pendings.fail(
                    backup, FailureCode.EVIDENCE_CHANGED, "what lies in the repository does not fit the backup's plan");
            return;
        }
        pendings.failOpenCheckpoint(
                backup, FailureCode.EVIDENCE_CHANGED, "the backup was completed, but its bitmap is not there");
        Optional<CheckpointId> checkpoint = liveCheckpoint(backup);
        unfolding.append(new BackupCompleted(
                unfolding.now().id(),
                backup.operation(),
                backup.backup(),
                backup.repository(),
                checkpoint,
                disks,
                identity,
                Optional.of(GuestConclusion.moment(unfolding.now(), backup.operation(), backup.quiesce())),
                configuration,
                at));
    }

    private void refusedOrUnknown(Pending.Backup backup, Outcome outcome) {
        switch (outcome) {
            case Outcome.Refused refused -> {
                boolean open = unfolding.now().pending().orElse(null) instanceof Pending.Backup now && !now.started();
                List<DiskName> missing = missing(backup, refused);
                boolean missingBase = refused.code() == FailureCode.BASE_BACKUP_MISSING && !missing.isEmpty();
                if (open && missingBase && backup.abort()) {
                    // No other plan follows, so that this word would be told for ever and nothing come of it.
                    pendings.fail(backup, FailureCode.ABORTED, refused.detail());
                } else if (open && missingBase) {
                    replan(backup, missing, refused.detail());
                } else if (open && refused.code() == FailureCode.EVIDENCE_CHANGED && unfolding.isLearnt()) {
                    replan(backup, List.of(), "");
                } else {
                    pendings.fail(backup, refused.code(), refused.detail());
                }
            }
            case Outcome.Unknown unknown -> pendings.doubt(backup, unknown.detail());
            case Outcome.Done done -> throw new IllegalStateException("concluded before: " + done);
        }
    }

    private static List<DiskName> missing(Pending.Backup backup, Outcome.Refused refused) {
        return backup.plan().stream()
                .filter(plan -> plan.kind() == BackupKind.INCREMENTAL)
                .map(DiskPlan::disk)
                .filter(disk -> refused.disk().map(disk::equals).orElse(true))
                .toList();
    }

    private void replan(Pending.Backup backup, List<DiskName> withoutBase, String detail) {
        if (!(unfolding.now().pending().orElse(null) instanceof Pending.Backup open)
                || open.started()
                || open.abort()) {
            return;
        }
        switch (BackupPlanner.plan(unfolding.now(), open.repository(), open.mode(), open.request(), open.selection())) {
            case BackupPlanner.Planned.Impossible(Rejection rejection) ->
                pendings.fail(backup, failure(rejection), rejection.detail());
            case BackupPlanner.Planned.Plan(var planned) -> {
                if (!withoutBase.isEmpty() && open.request() instanceof BackupRequest.Since) {
                    pendings.fail(backup, FailureCode.FULL_REQUIRED, detail);
                    return;
                }
                List<DiskPlan> next = fullWhere(planned, withoutBase, detail);
                if (!next.equals(open.plan())) {
                    unfolding.append(
                            new BackupReplanned(unfolding.now().id(), open.operation(), open.backup(), next, at));
                } else if (!withoutBase.isEmpty()) {
                    pendings.fail(backup, FailureCode.BASE_BACKUP_MISSING, detail);
                }
            }
        }
    }

    private static List<DiskPlan> fullWhere(List<DiskPlan> planned, List<DiskName> withoutBase, String detail) {
        List<DiskPlan> next = new ArrayList<>();
        for (DiskPlan plan : planned) {
            next.add(
                    withoutBase.contains(plan.disk())
                            ? new DiskPlan(
                                    plan.disk(),
                                    BackupKind.FULL,
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.of(FullCause.BASE_BACKUP_MISSING),
                                    detail)
                            : plan);
        }
        return next;
    }

    private static FailureCode failure(Rejection rejection) {
        return switch (rejection) {
            case Rejection.FullRequired full -> FailureCode.FULL_REQUIRED;
            case Rejection other -> FailureCode.NOTHING_TO_DO;
        };
    }

    /** The jobs run on bitmaps that were found spoilt in the very look that first showed the jobs. */
    private boolean lostEvidenceAtStart(Pending.Backup backup) {
        return unfolding.events().stream()
                .filter(ChainBroken.class::isInstance)
                .map(ChainBroken.class::cast)
                .anyMatch(broken -> backup.plan().stream()
                        .anyMatch(plan -> plan.kind() == BackupKind.INCREMENTAL
                                && plan.disk().equals(broken.disk())
                                && plan.since()
                                        .filter(broken.checkpoints()::contains)
                                        .isPresent()));
    }

    /**
     * The transaction names the node that was looked at before. If another layer lies on top at the first look after it, nobody
     * can tell on which side of the moment it was put there, and a full backup, too, may lack what was written to it (hazard
     * S5). The gateway asks this as well, but what it found dies with it.
     */
    private Optional<DiskName> movedAtStart(Pending.Backup backup) {
        return backup.plan().stream()
                .map(DiskPlan::disk)
                .filter(name -> unfolding
                        .before()
                        .disk(name)
                        .flatMap(before -> unfolding
                                .now()
                                .disk(name)
                                .flatMap(now -> ChainHealth.moved(before.facts(), now.facts())))
                        .isPresent())
                .findFirst();
    }

    /**
     * QEMU lets a device go whose node it copies. The copy may be whole; but the backup was asked for of a machine that is no longer
     * there, and what is plugged in again may be another disk. A resize it refuses ({@code QemuSystemIT}): nobody relies on that. Once
     * all jobs have concluded nothing can spoil the copies any more, and what became of the disk is told by its chain.
     */
    private Optional<String> changedWhileCopying(Pending.Backup backup, Sight.Observed seen) {
        if (!Seen.copying(seen, backup.operation())) {
            return Optional.empty();
        }
        for (DiskPlan plan : backup.plan()) {
            Optional<Disk> now = unfolding.now().disk(plan.disk()).filter(Disk::present);
            if (now.isEmpty()) {
                return Optional.of("disk '" + plan.disk() + "' was unplugged while it was copied");
            }
            long size = now.get().facts().virtualSize();
            Optional<Long> before = unfolding
                    .before()
                    .disk(plan.disk())
                    .map(disk -> disk.facts().virtualSize());
            if (before.filter(known -> known != size).isPresent()) {
                return Optional.of("disk '" + plan.disk() + "' had " + before.get()
                        + " bytes when its copy began and was resized to " + size + " meanwhile");
            }
        }
        return Optional.empty();
    }

    private static boolean fits(Pending.Backup backup, List<CompletedDisk> disks) {
        return backup.plan().size() == disks.size()
                && backup.plan().stream()
                        .allMatch(planned -> disks.stream()
                                .anyMatch(done -> done.disk().equals(planned.disk())
                                        && done.kind() == planned.kind()
                                        && done.since().equals(planned.since())
                                        && done.parent().equals(planned.parent())
                                        && done.target().equals(target(backup, planned.disk()))));
    }

    private static Optional<TargetAddress> target(Pending.Backup backup, DiskName disk) {
        return backup.request().targetsOfDisks().stream()
                .filter(target -> target.disk().equals(disk))
                .map(DiskTarget::address)
                .findFirst();
    }
}
