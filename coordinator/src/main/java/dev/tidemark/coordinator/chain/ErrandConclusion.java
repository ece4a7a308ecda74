package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionFailed;
import dev.tidemark.schema.event.BackupMergeFailed;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreExportEnded;
import dev.tidemark.schema.event.RestoreExportFailed;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.event.RestoreFailed;
import dev.tidemark.schema.event.VerificationFailed;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.TargetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What became of verifications, restores, exports, merges and deletions. They depend on no bitmap, so the version of the report does not matter. */
final class ErrandConclusion {
    private ErrandConclusion() {}

    static void conclude(Unfolding unfolding, List<OperationResult> results, Instant at) {
        for (Errand errand : unfolding.before().errands()) {
            results.stream()
                    .filter(result ->
                            result.operation().equals(errand.operation().id()))
                    .findFirst()
                    .ifPresent(result -> conclude(unfolding, errand.operation(), result.outcome(), at));
        }
    }

    private static void conclude(Unfolding unfolding, RepositoryOperation operation, Outcome outcome, Instant at) {
        MachineId machine = unfolding.now().id();
        switch (outcome) {
            case Outcome.Done(Outcome.Evidence.Exported(var disks))
            when operation instanceof RestoreExportOperation export -> opened(unfolding, export, disks, at);
            case Outcome.Done(var evidence) -> unfolding.append(done(unfolding.now(), operation, evidence, at));
            case Outcome.Refused refused ->
                unfolding.append(failed(machine, operation, refused.code(), refused.detail(), at));
            case Outcome.Unknown unknown -> {
                // Reading a repository can be begun again without harm: it stays open.
            }
        }
    }

    private static MachineEvent done(
            Machine now, RepositoryOperation operation, Outcome.Evidence evidence, Instant at) {
        MachineId machine = now.id();
        return switch (operation) {
            case VerifyOperation verify ->
                switch (evidence) {
                    // What was asked for and not done is not written down as done.
                    case Outcome.Evidence.Verified(long bytes, boolean deep) ->
                        new BackupVerified(
                                machine,
                                verify.id(),
                                verify.backup(),
                                bytes,
                                deep ? Optional.of(true) : Optional.empty(),
                                at);
                    case Outcome.Evidence.Damaged(var disks) ->
                        new BackupDamaged(machine, verify.id(), verify.backup(), disks, at);
                    case Outcome.Evidence.Seen _,
                            Outcome.Evidence.Stored _,
                            Outcome.Evidence.Exported _,
                            Outcome.Evidence.Closed _,
                            Outcome.Evidence.Restored _,
                            Outcome.Evidence.Merged _,
                            Outcome.Evidence.Removed _ ->
                        failed(machine, operation, FailureCode.EVIDENCE_CHANGED, foreign(evidence), at);
                };
            case RestoreOperation restore ->
                evidence instanceof Outcome.Evidence.Restored(var disks)
                        ? new RestoreCompleted(machine, restore.id(), restore.backup(), disks, at)
                        : failed(machine, operation, FailureCode.EVIDENCE_CHANGED, foreign(evidence), at);
            case AbortOperation abort -> done(now, abort.errand(), evidence, at);
            case RestoreExportOperation export ->
                evidence instanceof Outcome.Evidence.Closed && export.ending()
                        ? new RestoreExportEnded(machine, export.id(), export.backup(), at)
                        : failed(machine, operation, FailureCode.EVIDENCE_CHANGED, foreign(evidence), at);
            case DeleteBackupOperation delete ->
                evidence instanceof Outcome.Evidence.Removed(long bytes)
                        ? new BackupDeleted(machine, delete.id(), delete.backup(), bytes, leftAlone(now, delete), at)
                        : failed(machine, operation, FailureCode.EVIDENCE_CHANGED, foreign(evidence), at);
            case MergeBackupOperation merge -> merged(machine, merge, evidence, at);
        };
    }

    private static Optional<List<TargetAddress>> leftAlone(Machine now, DeleteBackupOperation delete) {
        return now.stored(delete.backup()).map(StoredBackup::targets).filter(targets -> !targets.isEmpty());
    }

    /** A gateway that begins again says it again; only where it can be read, or that it now can, is news. */
    private static void opened(Unfolding unfolding, RestoreExportOperation export, List<ReadyDisk> disks, Instant at) {
        MachineId machine = unfolding.now().id();
        if (!disks.stream().map(ReadyDisk::disk).toList().equals(export.disks())) {
            String detail = "the gateway serves other disks than those that were asked for";
            unfolding.append(failed(machine, export, FailureCode.EVIDENCE_CHANGED, detail, at));
        } else if (!export.ending() && !disks.equals(export.opened())) {
            unfolding.append(new RestoreExportOpened(machine, export.id(), export.backup(), disks, at));
        }
    }

    private static MachineEvent merged(
            MachineId machine, MergeBackupOperation merge, Outcome.Evidence evidence, Instant at) {
        if (evidence instanceof Outcome.Evidence.Merged(var disks) && fits(merge, disks)) {
            return new BackupMerged(machine, merge.id(), merge.backup(), disks, at);
        }
        if (evidence instanceof Outcome.Evidence.Damaged(var disks) && !disks.isEmpty()) {
            String detail = disks.getFirst().file() + ": " + disks.getFirst().detail();
            return new BackupMergeFailed(
                    machine, merge.id(), merge.backup(), FailureCode.BACKUP_DAMAGED, detail, disks, at);
        }
        return failed(machine, merge, FailureCode.EVIDENCE_CHANGED, foreign(evidence), at);
    }

    private static MachineEvent failed(
            MachineId machine, RepositoryOperation operation, FailureCode code, String detail, Instant at) {
        return switch (operation) {
            case VerifyOperation verify ->
                new VerificationFailed(machine, verify.id(), verify.backup(), code, detail, at);
            case RestoreOperation restore ->
                new RestoreFailed(machine, restore.id(), restore.backup(), code, detail, at);
            case AbortOperation abort -> failed(machine, abort.errand(), code, detail, at);
            case RestoreExportOperation export ->
                new RestoreExportFailed(machine, export.id(), export.backup(), code, detail, at);
            case DeleteBackupOperation delete ->
                new BackupDeletionFailed(machine, delete.id(), delete.backup(), code, detail, at);
            case MergeBackupOperation merge ->
                new BackupMergeFailed(machine, merge.id(), merge.backup(), code, detail, List.of(), at);
        };
    }

    /** Each disk stands on what it was to stand on, and no other was touched. */
    private static boolean fits(MergeBackupOperation merge, List<MergedDisk> disks) {
        List<DiskMerge> done = disks.stream()
                .map(disk -> new DiskMerge(
                        disk.now().disk(), disk.parentBefore(), disk.now().parent()))
                .toList();
        return done.equals(merge.disks());
    }

    private static String foreign(Outcome.Evidence evidence) {
        return "the gateway's evidence does not fit the operation: "
                + evidence.getClass().getSimpleName();
    }
}
