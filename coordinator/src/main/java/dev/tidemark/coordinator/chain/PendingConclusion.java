package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionFailed;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What became of the pending operation. A new bitmap that was seen is created, whatever QEMU answered; one that was not
 * seen does not exist, whatever QEMU answered.
 */
final class PendingConclusion {
    /** Nothing listens on the machine's socket for so long: the operation ends. A longer wait would only hide it. */
    static final long UNAVAILABLE_MILLISECONDS_MAX = 10_000;

    /**
     * A monitor that is hung or held by another client says nothing for so long: the operation ends although QEMU may still
     * execute it (invariant I9: unknown is bounded in time). What it does later is judged when it is seen: a failed
     * checkpoint's bitmap breaks the chain, a bitmap that went breaks it too, and jobs are put away.
     */
    static final long SILENT_MILLISECONDS_MAX = 300_000;

    private final Unfolding unfolding;
    private final Instant at;

    PendingConclusion(Unfolding unfolding, Instant at) {
        this.unfolding = unfolding;
        this.at = at;
    }

    void conclude(Sight.Observed seen, DiskJudgement judgement, Optional<Outcome> outcome) {
        Optional<Pending> pending = unfolding.now().pending();
        if (pending.isEmpty()) {
            return;
        }
        switch (pending.get()) {
            case Pending.Creation creation -> creation(creation, judgement, outcome);
            case Pending.Deletion deletion -> deletion(deletion, seen, outcome);
            case Pending.Backup backup -> {
                settleCheckpoint(backup, judgement);
                new BackupConclusion(unfolding, at).conclude(backup, seen, judgement, outcome);
            }
        }
    }

    /**
     * Nobody looked at QEMU: only what lies in the repository can be concluded from. A lost answer is a doubt whatever it was about,
     * and is on record at once: whoever waits is not told "pending" of something that may long have been done (invariant I9).
     */
    void concludeUnseen(Outcome outcome) {
        Pending open = unfolding.now().pending().orElse(null);
        if (open != null && outcome instanceof Outcome.Unknown(var detail)) {
            doubt(open, detail);
        } else if (open instanceof Pending.Backup backup) {
            new BackupConclusion(unfolding, at).concludeUnseen(backup, outcome);
        }
    }

    void concludeUnreachable(Sight.Unreachable unreachable) {
        long most = unreachable.processGone() ? UNAVAILABLE_MILLISECONDS_MAX : SILENT_MILLISECONDS_MAX;
        if (unreachable.forMilliseconds() < most) {
            return;
        }
        String detail = unreachable.processGone()
                ? unreachable.detail()
                : "QEMU has said nothing for " + unreachable.forMilliseconds() / 1_000
                        + " s, and nobody knows whether it still executes this: " + unreachable.detail();
        unfolding.now().pending().ifPresent(pending -> fail(pending, FailureCode.MACHINE_UNAVAILABLE, detail));
    }

    void concludeMigrating(String runState) {
        unfolding
                .now()
                .pending()
                .ifPresent(pending ->
                        fail(pending, FailureCode.UNSUPPORTED, "the guest is migrating: QEMU's state is " + runState));
    }

    private void creation(Pending.Creation creation, DiskJudgement judgement, Optional<Outcome> outcome) {
        if (appendCreated(creation.operation(), creation.checkpoint(), creation.quiesce(), judgement)) {
            return;
        }
        if (!judgement.stillborn().isEmpty()) {
            fail(
                    creation,
                    FailureCode.EVIDENCE_CHANGED,
                    judgement.stillborn().getFirst().detail());
            judgement.stillborn().forEach(unfolding::append);
            return;
        }
        if (DesiredState.trackedBy(unfolding.now(), creation).isEmpty()) {
            fail(creation, FailureCode.NOTHING_TO_DO, "no disk is left that can keep a bitmap");
            return;
        }
        outcome.ifPresent(answer -> unseen(creation, answer));
    }

    private void deletion(Pending.Deletion deletion, Sight.Observed seen, Optional<Outcome> outcome) {
        List<Disk> holders = unfolding.now().disks().stream()
                .filter(disk -> disk.indexOf(deletion.checkpoint()) >= 0)
                .toList();
        List<Disk> cleared = holders.stream()
                .filter(disk -> !Seen.bitmap(seen, disk, deletion.checkpoint()))
                .toList();
        if (cleared.size() == holders.size()) {
            boolean ours =
                    outcome.orElse(null) instanceof Outcome.Done || outcome.orElse(null) instanceof Outcome.Unknown;
            if (!ours) {
                cleared.forEach(disk -> distrustOlder(disk, deletion.checkpoint()));
            }
            unfolding.append(
                    new CheckpointDeleted(unfolding.now().id(), deletion.operation(), deletion.checkpoint(), at));
            return;
        }
        for (Disk disk : cleared) {
            // One transaction removes all or none, so somebody else removed this one, and nobody knows what it held.
            unfolding.append(new ChainBroken(
                    unfolding.now().id(),
                    disk.name(),
                    BreakCause.CHECKPOINT_PARTIAL,
                    "the checkpoint's bitmap vanished from this disk only",
                    ChainHealth.ids(disk.chain()),
                    at));
        }
        outcome.ifPresent(answer -> unseen(deletion, answer));
    }

    /**
     * The bitmap is gone, and no gateway says that it sent the transaction that merges its bits into the one before: somebody
     * else may have thrown them away with it, and nothing else would ever show that.
     */
    private void distrustOlder(Disk disk, CheckpointId deleted) {
        int index = disk.indexOf(deleted);
        if (index > 0) {
            unfolding.append(new ChainBroken(
                    unfolding.now().id(),
                    disk.name(),
                    BreakCause.BITMAP_MISSING,
                    "the bitmap that was to be deleted is gone, and nobody can say whether its bits were merged before",
                    ChainHealth.ids(disk.chain().subList(0, index)),
                    at));
        }
    }

    /** The effect was not seen: what does the gateway say about the try? */
    private void unseen(Pending pending, Outcome outcome) {
        switch (outcome) {
            case Outcome.Refused refused -> {
                // Evidence that changed and was told with the refusal is in the log now: the gateway tries with it.
                boolean learnt = refused.code() == FailureCode.EVIDENCE_CHANGED && unfolding.isLearnt();
                if (!learnt) {
                    fail(pending, refused.code(), refused.detail());
                }
            }
            case Outcome.Unknown unknown -> doubt(pending, unknown.detail());
            case Outcome.Done done ->
                doubt(pending, "the gateway says that it is done, but the look beside it does not show it");
        }
    }

    void doubt(Pending pending, String detail) {
        if (!pending.inDoubt()) {
            unfolding.append(new OperationInDoubt(unfolding.now().id(), pending.operation(), detail, at));
        }
    }

    void fail(Pending pending, FailureCode code, String detail) {
        switch (pending) {
            case Pending.Creation creation -> failCheckpoint(creation.operation(), creation.checkpoint(), code, detail);
            case Pending.Deletion deletion ->
                unfolding.append(new CheckpointDeletionFailed(
                        unfolding.now().id(), deletion.operation(), deletion.checkpoint(), code, detail, at));
            case Pending.Backup backup
            when code == FailureCode.ABORTED && backup.isEndedByDeadline() -> {
                String late =
                        "it had not ended at " + backup.deadline().orElseThrow().at();
                failOpenCheckpoint(backup, FailureCode.DEADLINE_PASSED, late);
                unfolding.append(new BackupFailed(
                        unfolding.now().id(),
                        backup.operation(),
                        backup.backup(),
                        FailureCode.DEADLINE_PASSED,
                        late,
                        at));
            }
            case Pending.Backup backup -> {
                failOpenCheckpoint(backup, code, detail);
                unfolding.append(
                        code == FailureCode.ABORTED
                                ? new BackupAborted(unfolding.now().id(), backup.operation(), backup.backup(), at)
                                : new BackupFailed(
                                        unfolding.now().id(), backup.operation(), backup.backup(), code, detail, at));
            }
        }
    }

    /** A backup's checkpoint that was never seen does not exist. */
    void failOpenCheckpoint(Pending.Backup backup, FailureCode code, String detail) {
        backup.checkpoint()
                .filter(checkpoint -> isOpen(checkpoint.id()))
                .ifPresent(checkpoint -> failCheckpoint(backup.operation(), checkpoint.id(), code, detail));
    }

    boolean isOpen(CheckpointId checkpoint) {
        return unfolding
                .now()
                .checkpoint(checkpoint)
                .filter(live -> live.state() == Checkpoint.State.REQUESTED)
                .isPresent();
    }

    private void settleCheckpoint(Pending.Backup backup, DiskJudgement judgement) {
        backup.checkpoint().filter(own -> isOpen(own.id())).ifPresent(own -> {
            if (!appendCreated(backup.operation(), own.id(), backup.quiesce(), judgement)
                    && !judgement.stillborn().isEmpty()) {
                failCheckpoint(
                        backup.operation(),
                        own.id(),
                        FailureCode.EVIDENCE_CHANGED,
                        judgement.stillborn().getFirst().detail());
                judgement.stillborn().forEach(unfolding::append);
            }
        });
    }

    private boolean appendCreated(
            OperationId operation, CheckpointId checkpoint, boolean quiesce, DiskJudgement judgement) {
        if (judgement.trackedNow().isEmpty()) {
            return false;
        }
        Moment moment = GuestConclusion.moment(unfolding.now(), operation, quiesce);
        unfolding.append(new CheckpointCreated(
                unfolding.now().id(),
                operation,
                checkpoint,
                moment.consistency(),
                moment.crashCause(),
                judgement.trackedNow(),
                unfolding.now().configuration(),
                at));
        judgement.spoiltBefore().forEach(unfolding::append);
        judgement.stillborn().forEach(unfolding::append);
        return true;
    }

    private void failCheckpoint(OperationId operation, CheckpointId checkpoint, FailureCode code, String detail) {
        unfolding.append(new CheckpointFailed(unfolding.now().id(), operation, checkpoint, code, detail, at));
    }
}
