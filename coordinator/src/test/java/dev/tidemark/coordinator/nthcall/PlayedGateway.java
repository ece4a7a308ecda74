package dev.tidemark.coordinator.nthcall;

import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A gateway for whom all goes well: it reports each operation as a QEMU with one disk would have let it be done. */
public final class PlayedGateway {
    private static final long GRANULARITY = 65_536;
    private static final DiskFacts DISK =
            new DiskFacts(new DiskName("vda"), "node-vda", "qcow2", 1L << 30, "/images/vda.qcow2", 0, true);
    private static final QemuFacts QEMU =
            new QemuFacts("10.0.0", OptionalLong.of(4711), OptionalLong.of(1), Optional.of("first run"));

    private PlayedGateway() {}

    /** Whether there is something to be done. */
    public static boolean isBusy(Desired desired) {
        return desired.disks().isEmpty()
                || desired.operation().isPresent()
                || !desired.repositoryOperations().isEmpty();
    }

    /** What is reported after the next step of what is wanted. */
    public static Report stepOf(Desired desired) {
        if (desired.operation().isPresent()) {
            return stepOf(desired, desired.operation().get());
        }
        List<OperationResult> results = desired.repositoryOperations().stream()
                .map(operation -> new OperationResult(operation.id(), outcomeOf(operation)))
                .toList();
        return results.isEmpty()
                ? report(desired, look(bitmaps(desired), List.of()), List.of())
                : report(desired, new Sight.NotTaken(), results);
    }

    private static Report stepOf(Desired desired, Operation operation) {
        return switch (operation) {
            case CheckpointOperation creation ->
                report(desired, look(takenOver(desired, creation.bitmap()), List.of()), done(operation));
            case DeletionOperation deletion ->
                report(desired, look(without(desired, deletion.bitmap()), List.of()), done(operation));
            case PushBackupOperation backup
            when !backup.started() -> {
                List<ObservedBitmap> bitmaps = backup.checkpoint()
                        .map(checkpoint -> takenOver(desired, BitmapName.of(checkpoint.id())))
                        .orElseGet(() -> bitmaps(desired));
                ObservedJob job =
                        new ObservedJob("tm-" + backup.id() + "-" + DISK.name(), "running", Optional.empty(), 0, 1);
                yield report(desired, look(bitmaps, List.of(job)), List.of());
            }
            case PushBackupOperation backup
            when backup.abort() ->
                report(
                        desired,
                        look(bitmaps(desired), List.of()),
                        result(operation, new Outcome.Refused(FailureCode.ABORTED, "told to end")));
            case PushBackupOperation backup ->
                report(desired, new Sight.NotTaken(), result(operation, new Outcome.Done(stored(backup))));
            case PullBackupOperation pull
            when pull.abort() ->
                report(
                        desired,
                        look(bitmaps(desired), List.of()),
                        result(operation, new Outcome.Refused(FailureCode.ABORTED, "told to end")));
            case PullBackupOperation pull
            when !pull.started() -> {
                List<ObservedBitmap> bitmaps = pull.checkpoint()
                        .map(checkpoint -> takenOver(desired, BitmapName.of(checkpoint.id())))
                        .orElseGet(() -> bitmaps(desired));
                yield report(desired, look(bitmaps, List.of(keeper(pull))), List.of());
            }
            case PullBackupOperation pull
            when !pull.ready() ->
                report(
                        desired,
                        served(desired, pull),
                        result(
                                operation,
                                new Outcome.Done(new Evidence.Exported(List.of(new ReadyDisk(
                                        DISK.name(),
                                        "nbd+unix:///x?socket=/s",
                                        Optional.empty(),
                                        DISK.virtualSize()))))));
            case PullBackupOperation pull when pull.finish() -> report(desired, served(desired, pull), done(operation));
            case PullBackupOperation pull -> report(desired, served(desired, pull), List.of());
        };
    }

    private static ObservedJob keeper(PullBackupOperation pull) {
        return new ObservedJob("tm-" + pull.id() + "-0", "running", Optional.empty(), 0, 1);
    }

    private static Sight served(Desired desired, PullBackupOperation pull) {
        return new Sight.Observed(
                QEMU,
                "running",
                List.of(new ObservedDisk(DISK, bitmaps(desired))),
                List.of(keeper(pull)),
                List.of(),
                List.of("tm-" + pull.id() + "-0"),
                List.of(),
                List.of());
    }

    private static Outcome outcomeOf(RepositoryOperation operation) {
        return switch (operation) {
            case VerifyOperation verification -> new Outcome.Done(new Evidence.Verified(7));
            case AbortOperation _ -> new Outcome.Refused(FailureCode.ABORTED, "told to end");
            case DeleteBackupOperation deletion -> new Outcome.Done(new Evidence.Removed(7));
            case MergeBackupOperation merge ->
                new Outcome.Done(new Evidence.Merged(merge.disks().stream()
                        .map(disk -> new MergedDisk(
                                disk.parent(),
                                "00",
                                new CompletedDisk(
                                        disk.disk(),
                                        disk.onto().isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                                        Optional.empty(),
                                        disk.onto(),
                                        1,
                                        disk.disk() + ".qcow2",
                                        1,
                                        "01",
                                        DISK.virtualSize())))
                        .toList()));
            case RestoreExportOperation export ->
                new Outcome.Done(
                        export.ending()
                                ? new Evidence.Closed()
                                : new Evidence.Exported(List.of(new ReadyDisk(
                                        DISK.name(), "nbd+unix:///x", Optional.empty(), DISK.virtualSize()))));
            case RestoreOperation restore ->
                new Outcome.Done(new Evidence.Restored(List.of(new RestoredDisk(
                        DISK.name(), restore.directory() + "/vda.qcow2", restore.format(), DISK.virtualSize()))));
        };
    }

    private static Evidence stored(PushBackupOperation backup) {
        return new Evidence.Stored(backup.disks().stream()
                .map(disk -> disk.plan())
                .map(plan -> new CompletedDisk(
                        plan.disk(),
                        plan.kind(),
                        plan.since(),
                        plan.parent(),
                        1,
                        plan.disk() + ".qcow2",
                        1,
                        "ab",
                        DISK.virtualSize()))
                .toList());
    }

    private static Report report(Desired desired, Sight sight, List<OperationResult> results) {
        return new Report(desired.machine(), desired.version(), sight, results);
    }

    private static List<OperationResult> done(Operation operation) {
        return result(operation, new Outcome.Done(new Evidence.Seen()));
    }

    private static List<OperationResult> result(Operation operation, Outcome outcome) {
        return List.of(new OperationResult(operation.id(), outcome));
    }

    private static Sight look(List<ObservedBitmap> bitmaps, List<ObservedJob> jobs) {
        return new Sight.Observed(
                QEMU,
                "running",
                List.of(new ObservedDisk(DISK, bitmaps)),
                jobs,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private static List<ObservedBitmap> bitmaps(Desired desired) {
        return chain(desired).stream()
                .map(bitmap -> bitmap(bitmap, bitmap.recording()))
                .toList();
    }

    private static List<ObservedBitmap> takenOver(Desired desired, BitmapName newest) {
        List<ObservedBitmap> bitmaps = new ArrayList<>();
        chain(desired).forEach(bitmap -> bitmaps.add(bitmap(bitmap, false)));
        bitmaps.add(bitmap(new DesiredBitmap(newest, true, GRANULARITY), true));
        return bitmaps;
    }

    private static List<ObservedBitmap> without(Desired desired, BitmapName deleted) {
        return chain(desired).stream()
                .filter(bitmap -> !bitmap.name().equals(deleted))
                .map(bitmap -> bitmap(bitmap, bitmap.recording()))
                .toList();
    }

    private static List<DesiredBitmap> chain(Desired desired) {
        return desired.disks().stream()
                .map(DesiredDisk::chain)
                .flatMap(List::stream)
                .toList();
    }

    private static ObservedBitmap bitmap(DesiredBitmap bitmap, boolean recording) {
        return new ObservedBitmap(
                Optional.of(bitmap.name().value()),
                recording,
                true,
                false,
                false,
                GRANULARITY,
                bitmap.dirtyBytesMin().orElse(GRANULARITY));
    }
}
