package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Plans;
import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.BitmapDeletion;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.NewBitmap;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.Outcome.Done;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What to do next, from what is there alone, so that a first try, a retry and a restart cannot differ. Pure. Success is
 * concluded from a queried job status and a manifest that lies in the repository, from nothing else (I7).
 */
final class Decision {
    static final String CONCLUDED = "concluded";

    private Decision() {}

    static Next next(Desired desired, Look look, List<Difference> differences, BackupFindings findings) {
        if (desired.operation().isEmpty()) {
            return new Next.Nothing();
        }
        Operation operation = desired.operation().get();
        if (Comparison.disksOf(operation).isEmpty() && !(operation instanceof DeletionOperation)) {
            return new Next.Conclude(new Refused(FailureCode.NOTHING_TO_DO, "the operation has no disk left"));
        }
        Optional<Difference> obstacle = Comparison.obstacle(operation, differences);
        return switch (operation) {
            case CheckpointOperation create -> {
                boolean there = create.disks().stream()
                        .map(NewBitmap::disk)
                        .anyMatch(disk -> bitmap(look, disk, create.bitmap()).isPresent());
                yield there ? seen() : runUnless(obstacle, create, look);
            }
            case DeletionOperation delete -> deletion(delete, look, obstacle);
            case PushBackupOperation backup -> backup(backup, look, obstacle, findings);
            case PullBackupOperation backup -> pull(backup, look, obstacle, findings);
        };
    }

    private static Next deletion(DeletionOperation operation, Look look, Optional<Difference> obstacle) {
        boolean absent = operation.disks().stream()
                .allMatch(disk -> look.disk(disk.disk()).isPresent()
                        && bitmap(look, disk.disk(), operation.bitmap()).isEmpty());
        if (!absent) {
            return runUnless(obstacle, operation, look);
        }
        for (BitmapDeletion disk : operation.disks()) {
            if (disk.previous().isPresent() && !isMarked(operation, disk.disk(), look)) {
                // Somebody else removed it, perhaps without a merge; the one before looks as healthy as if there had
                // been one.
                return new Next.Conclude(new Refused(
                        FailureCode.EVIDENCE_CHANGED,
                        "bitmap " + operation.bitmap() + " is gone from disk " + disk.disk()
                                + ", and not by our transaction: its bits may be lost",
                        Optional.of(disk.disk())));
            }
            Optional<String> fault = successorFault(disk, look);
            if (fault.isPresent()) {
                // Gone, and not by our transaction: a second merge would only hide what is missing.
                return new Next.Blocked(Difference.evidence(disk.disk(), fault.get()));
            }
        }
        return seen();
    }

    /** Whether the transaction that hands bits over left its mark: it is added in the same moment, or not at all. */
    private static boolean isMarked(DeletionOperation operation, DiskName disk, Look look) {
        return look.disk(disk)
                .flatMap(seen -> Comparison.bitmap(seen, BitmapName.temporary(operation.id())))
                .isPresent();
    }

    private static Optional<String> successorFault(BitmapDeletion disk, Look look) {
        if (disk.previous().isEmpty()) {
            return Optional.empty();
        }
        BitmapName previous = disk.previous().get();
        Optional<ObservedBitmap> bitmap = bitmap(look, disk.disk(), previous);
        if (bitmap.isEmpty()) {
            return Optional.of("bitmap " + previous + ", which took over the bits, is not there");
        }
        if (bitmap.get().inconsistent()
                || bitmap.get().lostBits()
                || !bitmap.get().persistent()) {
            return Optional.of("bitmap " + previous + ", which took over the bits, cannot be trusted");
        }
        return disk.newest() && !bitmap.get().recording()
                ? Optional.of("bitmap " + previous + " should record now")
                : Optional.empty();
    }

    private static Next backup(
            PushBackupOperation operation, Look look, Optional<Difference> obstacle, BackupFindings findings) {
        if (findings.completed().isPresent()) {
            return new Next.PutAway(new Done(findings.completed().get()));
        }
        Jobs jobs = Jobs.of(operation, look);
        if (jobs.present().isEmpty()) {
            return withoutJobs(operation, look, obstacle, findings);
        }
        Optional<Refused> end = findings.verdict().or(() -> jobs.fault(operation));
        if (end.isEmpty() && operation.abort()) {
            // Files become a backup when their directory gets its name. Until then whoever wants an end gets it,
            // however much was copied and read back by then.
            end = Optional.of(aborted());
        }
        if (end.isEmpty()) {
            return jobs.active().isEmpty() ? new Next.Finish() : new Next.Follow();
        }
        if (!jobs.active().isEmpty()) {
            return new Next.Cancel(jobs.active(), end.get());
        }
        // A failure is recorded before its evidence is dismissed; an end that was asked for needs no evidence.
        return end.get().code() == FailureCode.ABORTED ? new Next.PutAway(end.get()) : new Next.Conclude(end.get());
    }

    private static Next pull(
            PullBackupOperation operation, Look look, Optional<Difference> obstacle, BackupFindings findings) {
        Jobs jobs = Jobs.of(operation, look);
        long exports = exports(operation, look);
        if (jobs.present().isEmpty() && exports == 0) {
            return withoutJobs(operation, look, obstacle, findings);
        }
        boolean whole = exports == operation.disks().size();
        Optional<Refused> end = findings.verdict()
                .or(() -> jobs.fault(operation))
                .or(() -> jobs.endedByItself(operation))
                .or(() -> operation.ready() && !whole ? Optional.of(exportGone()) : Optional.empty());
        if (end.isEmpty() && operation.abort()) {
            end = Optional.of(aborted());
        }
        if (end.isEmpty()) {
            if (!whole) {
                return new Next.Serve();
            }
            if (!operation.ready()) {
                return new Next.Conclude(new Done(new Evidence.Exported(findings.readable())));
            }
            // Until this very look everything was there: whatever the client has read is what was there at the moment.
            return operation.finish() ? seen() : new Next.Follow();
        }
        if (!jobs.active().isEmpty() || exports > 0) {
            return new Next.Cancel(jobs.active(), end.get());
        }
        return end.get().code() == FailureCode.ABORTED ? new Next.PutAway(end.get()) : new Next.Conclude(end.get());
    }

    private static long exports(PullBackupOperation operation, Look look) {
        long there = 0;
        for (int index = 0; index < operation.disks().size(); index++) {
            if (look.observed().exports().contains(QemuNames.export(operation.id(), index))) {
                there++;
            }
        }
        return there;
    }

    private static Refused exportGone() {
        return new Refused(
                FailureCode.EXPORT_GONE,
                "an export is no longer in QEMU: somebody ended it, and a client that still read got an error");
    }

    private static Next withoutJobs(
            BackupOperation operation, Look look, Optional<Difference> obstacle, BackupFindings findings) {
        if (findings.verdict().isPresent()) {
            return new Next.PutAway(findings.verdict().get());
        }
        if (operation.abort()) {
            return new Next.PutAway(aborted());
        }
        if (operation.started() || wasExecuted(operation, look)) {
            return new Next.Conclude(
                    new Refused(
                            FailureCode.JOB_GONE,
                            "the backup was started and its jobs are no longer in QEMU: it was restarted, or somebody dismissed them"));
        }
        return obstacle.<Next>map(Next.Blocked::new).orElseGet(Next.Start::new);
    }

    /** Whether anything is there that only the transaction makes. */
    static boolean wasExecuted(BackupOperation operation, Look look) {
        String temporary = BitmapName.temporary(operation.id());
        Optional<BitmapName> checkpoint = operation.checkpoint().map(named -> BitmapName.of(named.id()));
        return operation.disks().stream().anyMatch(part -> {
            DiskName disk = part.plan().disk();
            boolean created = part.tracked()
                    && checkpoint.flatMap(name -> bitmap(look, disk, name)).isPresent();
            return created
                    || look.disk(disk)
                            .flatMap(seen -> Comparison.bitmap(seen, temporary))
                            .isPresent();
        });
    }

    private static Next seen() {
        return new Next.Conclude(new Done(new Evidence.Seen()));
    }

    private static Refused aborted() {
        return new Refused(FailureCode.ABORTED, "ended on request");
    }

    private static Next runUnless(Optional<Difference> obstacle, Operation operation, Look look) {
        return obstacle.<Next>map(Next.Blocked::new).orElseGet(() -> new Next.Run(Plans.of(operation, look.nodes())));
    }

    private static Optional<ObservedBitmap> bitmap(Look look, DiskName disk, BitmapName name) {
        return look.disk(disk).flatMap(seen -> Comparison.bitmap(seen, name.value()));
    }

    /** The jobs of a backup as they were seen: present, still active, and what is wrong with them. */
    private record Jobs(
            List<ObservedJob> present, List<String> active, Optional<Refused> failure, List<String> missing) {
        static Jobs of(BackupOperation operation, Look look) {
            List<ObservedJob> present = new ArrayList<>();
            List<String> active = new ArrayList<>();
            List<String> missing = new ArrayList<>();
            Optional<Refused> failure = Optional.empty();
            for (int index = 0; index < operation.disks().size(); index++) {
                String id = QemuNames.job(operation.id(), index);
                Optional<ObservedJob> job = look.job(id);
                if (job.isEmpty()) {
                    missing.add(id);
                    continue;
                }
                present.add(job.get());
                if (!job.get().status().equals(CONCLUDED)) {
                    active.add(id);
                }
                if (failure.isEmpty() && job.get().error().isPresent()) {
                    DiskName disk = operation.disks().get(index).plan().disk();
                    failure = Optional.of(new Refused(
                            FailureCode.JOB_FAILED,
                            "disk " + disk + ": " + job.get().error().get(),
                            Optional.of(disk)));
                }
            }
            return new Jobs(present, active, failure, missing);
        }

        /** A job that keeps what is overwritten has no end of its own: without it, its export shows what the guest has now. */
        Optional<Refused> endedByItself(BackupOperation operation) {
            return active.size() == operation.disks().size()
                    ? Optional.empty()
                    : Optional.of(new Refused(
                            FailureCode.JOB_FAILED,
                            "a job that keeps what the guest overwrites ended before its time"));
        }

        Optional<Refused> fault(BackupOperation operation) {
            if (failure.isPresent()) {
                return operation.abort() ? Optional.of(aborted()) : failure;
            }
            return missing.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Refused(
                            FailureCode.JOB_GONE, "of the backup's jobs these are no longer in QEMU: " + missing));
        }
    }
}
