package dev.tidemark.coordinator.chain.history;

import dev.tidemark.coordinator.chain.DesiredState;
import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A gateway by the rules of the design: fetch, look, tell what differs, sweep, act once, look again, tell. It may die or
 * lose an answer at any of these points.
 */
final class TestGateway {
    private final FakeQemu qemu;
    private final Map<RepositoryName, FakeRepository> repositories;
    private final Coordinator coordinator;
    private final Judge judge;
    private final Random dice;
    private final Sabotage sabotage;
    private final TestActs acts;
    private final TestLook look;
    private Optional<Report> delayed = Optional.empty();

    TestGateway(
            FakeQemu qemu,
            Map<RepositoryName, FakeRepository> repositories,
            Coordinator coordinator,
            Judge judge,
            Random dice,
            Sabotage sabotage,
            Runnable guestWrite) {
        this.qemu = qemu;
        this.repositories = repositories;
        this.coordinator = coordinator;
        this.judge = judge;
        this.dice = dice;
        this.sabotage = sabotage;
        acts = new TestActs(qemu, repositories, dice, sabotage, guestWrite);
        look = new TestLook(qemu, dice, sabotage);
    }

    /** One round; {@code between} is what happens in QEMU between the look and the act, and after it. */
    boolean round(int faultPercent, Runnable between) {
        Optional<Desired> wanted = DesiredState.of(coordinator.machine());
        if (wanted.isEmpty()) {
            return false;
        }
        Desired desired = wanted.get();
        look.prepare(desired);
        Report first = new Report(desired.machine(), desired.version(), look.take(desired), errands(desired));
        if (dice.nextInt(200) < faultPercent) {
            delayed = Optional.of(first);
            return true;
        }
        if (!coordinator.report(first, true).isEmpty()) {
            return true;
        }
        between.run();
        boolean swept = sweep(desired, removable(first));
        Optional<Operation> operation = desired.operation();
        if (operation.isEmpty()) {
            return swept;
        }
        Optional<Outcome> outcome;
        try {
            outcome = acts.act(operation.get());
        } catch (FakeQemu.Refused refused) {
            FailureCode code = dice.nextBoolean() ? FailureCode.EVIDENCE_CHANGED : FailureCode.QEMU_REFUSED;
            outcome = Optional.of(new Outcome.Refused(code, Objects.toString(refused.getMessage())));
        }
        tell(desired, operation.get().id(), outcome, faultPercent, between);
        return true;
    }

    private void tell(
            Desired desired, OperationId operation, Optional<Outcome> outcome, int faultPercent, Runnable between) {
        if (dice.nextInt(100) < faultPercent) {
            return; // died after the act
        }
        Optional<Outcome> told = dice.nextInt(100) < faultPercent && outcome.isPresent()
                ? Optional.of(new Outcome.Unknown("the answer was lost"))
                : outcome;
        List<OperationResult> results = told.stream()
                .map(answer -> new OperationResult(operation, answer))
                .toList();
        if (dice.nextInt(200) < faultPercent) {
            coordinator.report(new Report(desired.machine(), desired.version(), new Sight.NotTaken(), results), false);
            return;
        }
        if (dice.nextInt(100) < faultPercent) {
            between.run();
        }
        Report second = new Report(desired.machine(), desired.version(), look.take(desired), results);
        if (dice.nextInt(200) < faultPercent) {
            delayed = Optional.of(second);
            return;
        }
        coordinator.report(second, true);
    }

    /** A report that was stuck on its way arrives after all. */
    void deliverDelayed() {
        delayed.ifPresent(report -> coordinator.report(report, false));
        delayed = Optional.empty();
    }

    /** QEMU does not answer. */
    void unreachable(boolean processGone, long milliseconds) {
        DesiredState.of(coordinator.machine())
                .ifPresent(desired -> coordinator.report(
                        new Report(
                                desired.machine(),
                                desired.version(),
                                new Sight.Unreachable("no answer", processGone, milliseconds),
                                List.of()),
                        false));
    }

    /** The process that the guest has left says yes to everything. */
    void migrated() {
        DesiredState.of(coordinator.machine())
                .ifPresent(desired -> coordinator.report(
                        new Report(
                                desired.machine(),
                                desired.version(),
                                look.withState("postmigrate", look.take(desired)),
                                List.of()),
                        false));
    }

    private List<OperationResult> errands(Desired desired) {
        List<OperationResult> results = new ArrayList<>();
        for (RepositoryOperation operation : desired.repositoryOperations()) {
            results.add(new OperationResult(operation.id(), errand(operation)));
        }
        return results;
    }

    private Outcome errand(RepositoryOperation operation) {
        FakeRepository repository = Objects.requireNonNull(repositories.get(operation.repository()));
        if (operation instanceof DeleteBackupOperation) {
            if (sabotage == Sabotage.DELETES_ONE_TOO_MANY) {
                repository.disks(operation.backup()).stream()
                        .flatMap(stored -> stored.plan().parent().stream())
                        .forEach(repository::delete);
            }
            repository.delete(operation.backup());
            return new Outcome.Done(new Outcome.Evidence.Removed(1));
        }
        if (!repository.holds(operation.backup())) {
            return new Outcome.Refused(FailureCode.BASE_BACKUP_MISSING, "no such backup");
        }
        return switch (operation) {
            case VerifyOperation verify -> {
                List<DamagedDisk> damaged = repository.disks(verify.backup()).stream()
                        .map(stored -> stored.plan().disk())
                        .filter(disk -> !repository.whole(verify.backup(), disk))
                        .map(disk -> new DamagedDisk(disk, disk + ".qcow2", "it stands on nothing"))
                        .toList();
                yield new Outcome.Done(
                        damaged.isEmpty() ? new Outcome.Evidence.Verified(1) : new Outcome.Evidence.Damaged(damaged));
            }
            case RestoreOperation restore -> new Outcome.Done(new Outcome.Evidence.Restored(List.of()));
            case RestoreExportOperation export ->
                throw new IllegalStateException("nobody asks for an export here: " + export);
            case MergeBackupOperation merge ->
                new Outcome.Done(new Outcome.Evidence.Merged(merge.disks().stream()
                        .map(disk -> repository.merge(merge.backup(), disk, sabotage == Sabotage.MERGE_FORGETS_A_LAYER))
                        .toList()));
            case AbortOperation _ -> new Outcome.Refused(FailureCode.ABORTED, "told to end");
            case DeleteBackupOperation delete -> throw new IllegalStateException("done before: " + delete);
        };
    }

    private Set<String> removable(Report report) {
        return DesiredState.after(coordinator.machine(), report.sight())
                .map(answer -> Set.copyOf(answer.removable()))
                .orElse(Set.of());
    }

    private boolean sweep(Desired desired, Set<String> removable) {
        if (sabotage == Sabotage.NEVER_SWEEPS) {
            return false;
        }
        Optional<OperationId> current = desired.operation().map(Operation::id);
        boolean swept = false;
        for (OperationId job : List.copyOf(qemu.jobs.keySet())) {
            if (!current.equals(Optional.of(job)) && removable.stream().anyMatch(name -> name.contains(job.value()))) {
                qemu.endJob(job);
                swept = true;
            }
        }
        for (DesiredDisk disk : desired.disks()) {
            swept |= qemu.plugged().stream().anyMatch(there -> there.name.equals(disk.disk()))
                    && sweep(desired, disk, removable);
        }
        return swept;
    }

    private boolean sweep(Desired desired, DesiredDisk disk, Set<String> removable) {
        FakeDisk real = qemu.disk(disk.disk());
        boolean swept = false;
        for (String name : List.copyOf(real.bitmaps.keySet())) {
            boolean temporary = name.startsWith(BitmapName.TEMPORARY_PREFIX)
                    && removable.contains(name)
                    && desired.operation()
                            .filter(operation ->
                                    BitmapName.temporary(operation.id()).equals(name))
                            .isEmpty();
            boolean unwanted =
                    disk.unwanted().stream().anyMatch(bitmap -> bitmap.value().equals(name));
            if (temporary || unwanted) {
                remove(disk, name);
                swept = true;
            }
        }
        if (sabotage == Sabotage.SWEEPS_A_LIVE_BITMAP && disk.chain().size() > 1) {
            remove(disk, disk.chain().getFirst().name().value());
        }
        return disableOlder(disk, real) || swept;
    }

    private void remove(DesiredDisk disk, String name) {
        judge.removal(coordinator.machine(), disk.disk(), name);
        FakeDisk real = qemu.disk(disk.disk());
        real.bitmaps.remove(name);
        real.lose(name);
    }

    /** An older bitmap is switched off only while the newest is there and records. */
    private static boolean disableOlder(DesiredDisk disk, FakeDisk real) {
        List<DesiredBitmap> chain = disk.chain();
        if (chain.isEmpty()) {
            return false;
        }
        FakeBitmap newest = real.bitmaps.get(chain.getLast().name().value());
        boolean swept = false;
        if (newest != null && newest.recording && !newest.inconsistent) {
            for (DesiredBitmap older : chain.subList(0, chain.size() - 1)) {
                FakeBitmap bitmap = real.bitmaps.get(older.name().value());
                if (bitmap != null && bitmap.recording) {
                    bitmap.recording = false;
                    swept = true;
                }
            }
        }
        return swept;
    }
}
