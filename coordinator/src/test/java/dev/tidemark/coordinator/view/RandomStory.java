package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionFailed;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMergeFailed;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupReplanned;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionFailed;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.DriftAction;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftGone;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.event.ErrandAbortRequested;
import dev.tidemark.schema.event.ExportTerms;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreExportEndRequested;
import dev.tidemark.schema.event.RestoreExportEnded;
import dev.tidemark.schema.event.RestoreExportFailed;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.event.RestoreFailed;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.event.VerificationFailed;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.OperationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** A machine's life as it may go, from a seed: things succeed, fail, hang in doubt, break, and end with a removal. */
final class RandomStory {
    private static final int STEPS = 60;

    private final Random dice;
    private final Story story;
    private final List<CheckpointId> live = new ArrayList<>();
    private final List<BackupId> completed = new ArrayList<>();

    private RandomStory(Random dice, Story story) {
        this.dice = dice;
        this.story = story;
    }

    static Story of(long seed, int number) {
        RandomStory random = new RandomStory(new Random(seed), Story.registered(number, "vm" + number));
        random.live();
        return random.story;
    }

    private void live() {
        for (int step = 0; step < STEPS; step++) {
            switch (dice.nextInt(13)) {
                case 12 -> export();
                case 11 -> merge();
                case 10 -> pull("p" + step);
                case 0 -> story.tell(story.observation(dice.nextLong(1L << 40)));
                case 1 -> checkpoint("cp" + step);
                case 2 -> deletion();
                case 3, 4 -> backup("b" + step);
                case 5 -> verification();
                case 6 -> restore(step);
                case 7 -> backupDeletion();
                case 8 -> protection();
                default -> trouble();
            }
        }
        if (dice.nextBoolean()) {
            story.checkpointRequested("unfinished", Optional.empty());
            story.backupRequested(Optional.of("unfinished-too"));
            story.tell(new MachineRemoved(story.machine(), story.nextOperation(), story.now()));
        }
    }

    private void checkpoint(String name) {
        CheckpointRequested requested = story.checkpointRequested(name, newest());
        maybeFrozen(requested.operation());
        maybeInDoubt(requested.operation());
        if (dice.nextInt(4) == 0) {
            story.tell(new CheckpointFailed(
                    story.machine(),
                    requested.operation(),
                    requested.checkpoint(),
                    FailureCode.QEMU_REFUSED,
                    "Bitmap already exists",
                    story.now()));
        } else {
            story.tell(story.created(requested.operation(), requested.checkpoint()));
            live.add(requested.checkpoint());
        }
    }

    private void deletion() {
        if (live.isEmpty()) {
            return;
        }
        CheckpointId checkpoint = live.get(dice.nextInt(live.size()));
        OperationId operation = story.nextOperation();
        story.tell(new CheckpointDeletionRequested(story.machine(), operation, checkpoint, story.now()));
        maybeInDoubt(operation);
        if (dice.nextInt(3) == 0) {
            story.tell(new CheckpointDeletionFailed(
                    story.machine(),
                    operation,
                    checkpoint,
                    FailureCode.MACHINE_UNAVAILABLE,
                    "connection refused",
                    story.now()));
        } else {
            story.tell(new CheckpointDeleted(story.machine(), operation, checkpoint, story.now()));
            live.remove(checkpoint);
        }
    }

    private void backup(String name) {
        BackupRequested requested = story.backupRequested(dice.nextBoolean() ? Optional.of(name) : Optional.empty());
        if (dice.nextInt(3) == 0) {
            List<DiskPlan> plan = List.of(new DiskPlan(
                    Story.VDA,
                    BackupKind.FULL,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(FullCause.BITMAP_MISSING),
                    "gone"));
            story.tell(
                    new BackupReplanned(story.machine(), requested.operation(), requested.backup(), plan, story.now()));
        }
        if (dice.nextInt(5) == 0) {
            story.failed(requested);
            return;
        }
        maybeFrozen(requested.operation());
        maybeInDoubt(requested.operation());
        story.started(requested);
        requested.checkpoint().ifPresent(checkpoint -> live.add(checkpoint.id()));
        if (dice.nextBoolean()) {
            story.speedChanged(
                    requested, dice.nextBoolean() ? OptionalLong.of(1 + dice.nextInt(1 << 20)) : OptionalLong.empty());
        }
        boolean abort = dice.nextBoolean();
        if (abort) {
            story.abortRequested(requested);
        }
        switch (dice.nextInt(4)) {
            case 0 -> story.failed(requested);
            case 1 -> story.aborted(requested);
            default -> {
                Optional<BackupId> parent = completed.isEmpty() || dice.nextInt(3) == 0
                        ? Optional.empty()
                        : Optional.of(completed.get(dice.nextInt(completed.size())));
                story.completed(requested, parent, List.of(Story.VDA, Story.VDB));
                completed.add(requested.backup());
            }
        }
    }

    private void pull(String name) {
        BackupRequested requested = story.pullRequested(dice.nextBoolean() ? Optional.of(name) : Optional.empty());
        maybeInDoubt(requested.operation());
        story.started(requested);
        requested.checkpoint().ifPresent(checkpoint -> live.add(checkpoint.id()));
        if (dice.nextInt(5) > 0) {
            story.ready(requested);
        }
        if (dice.nextBoolean()) {
            story.finishRequested(requested);
        }
        if (dice.nextInt(4) == 0) {
            story.abortRequested(requested);
        }
        switch (dice.nextInt(4)) {
            case 0 -> story.failed(requested);
            case 1 -> story.aborted(requested);
            default -> story.pulled(requested);
        }
    }

    private void verification() {
        if (completed.isEmpty()) {
            return;
        }
        BackupId backup = completed.get(dice.nextInt(completed.size()));
        OperationId operation = story.nextOperation();
        story.tell(new VerificationRequested(story.machine(), operation, backup, Story.REPOSITORY, story.now()));
        if (dice.nextInt(4) == 0) {
            story.tell(new ErrandAbortRequested(story.machine(), story.nextOperation(), operation, story.now()));
        }
        switch (dice.nextInt(3)) {
            case 0 -> story.tell(new BackupVerified(story.machine(), operation, backup, 8192, story.now()));
            case 1 -> {
                DamagedDisk damage = dice.nextInt(4) == 0
                        ? new DamagedDisk(Story.VDA, "somewhere/else.qcow2", "sha256 differs")
                        : story.damage(completed.get(dice.nextInt(completed.size())), Story.VDA);
                story.tell(new BackupDamaged(story.machine(), operation, backup, List.of(damage), story.now()));
            }
            default ->
                story.tell(new VerificationFailed(
                        story.machine(), operation, backup, FailureCode.REPOSITORY_FAILED, "not mounted", story.now()));
        }
    }

    private void backupDeletion() {
        if (completed.isEmpty()) {
            return;
        }
        BackupId backup = completed.getLast();
        OperationId operation = story.nextOperation();
        story.tell(new BackupDeletionRequested(story.machine(), operation, backup, story.now()));
        switch (dice.nextInt(3)) {
            case 0 -> {
                story.tell(new BackupDeleted(story.machine(), operation, backup, 4096, story.now()));
                completed.removeLast();
            }
            case 1 ->
                story.tell(new BackupDeletionFailed(
                        story.machine(), operation, backup, FailureCode.REPOSITORY_FAILED, "not mounted", story.now()));
            default -> completed.removeLast();
        }
    }

    private void merge() {
        if (completed.isEmpty()) {
            return;
        }
        BackupId backup = completed.get(dice.nextInt(completed.size()));
        OperationId operation = story.nextOperation();
        Optional<BackupId> onto = dice.nextBoolean() ? Optional.of(completed.getFirst()) : Optional.empty();
        DiskMerge disk = new DiskMerge(Story.VDA, completed.getLast(), onto);
        story.tell(
                new BackupMergeRequested(story.machine(), operation, backup, List.of(disk), story.now()),
                Map.of("caller", "timer"));
        switch (dice.nextInt(3)) {
            case 0 ->
                story.tell(new BackupMergeFailed(
                        story.machine(),
                        operation,
                        backup,
                        FailureCode.BACKUP_DAMAGED,
                        "differs",
                        List.of(new DamagedDisk(Story.VDA, story.machine() + "/" + backup + "/vda.qcow2", "differs")),
                        story.now()));
            case 1 ->
                story.tell(new BackupMerged(
                        story.machine(),
                        operation,
                        backup,
                        List.of(new MergedDisk(
                                disk.parent(),
                                "ab",
                                new CompletedDisk(
                                        Story.VDA,
                                        onto.isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                                        Optional.empty(),
                                        onto,
                                        4096,
                                        story.machine() + "/" + backup + "/vda.qcow2",
                                        8192,
                                        "cd",
                                        1 << 20))),
                        story.now()));
            default -> {}
        }
    }

    private void protection() {
        if (completed.isEmpty()) {
            return;
        }
        BackupId backup = completed.get(dice.nextInt(completed.size()));
        Optional<String> hold = dice.nextBoolean() ? Optional.of("case 7") : Optional.empty();
        story.tell(
                new BackupProtected(story.machine(), story.nextOperation(), backup, hold, story.now()),
                Map.of("caller", "auditor"));
        if (dice.nextBoolean()) {
            story.tell(new BackupUnprotected(
                    story.machine(), story.nextOperation(), backup, hold.isPresent(), story.now()));
        }
    }

    private void restore(int step) {
        if (completed.isEmpty()) {
            return;
        }
        BackupId backup = completed.getLast();
        OperationId operation = story.nextOperation();
        story.tell(
                new RestoreRequested(
                        story.machine(),
                        operation,
                        backup,
                        Story.REPOSITORY,
                        List.of(Story.VDA),
                        "/restore",
                        RestoreFormat.RAW,
                        story.now()),
                new Circumstances(
                                Optional.of("admin"),
                                Optional.of("key-" + story.machine() + "-" + step),
                                Optional.of("hash" + step))
                        .toMetadata());
        if (dice.nextBoolean()) {
            RestoredDisk disk = new RestoredDisk(Story.VDA, "/restore/vda.raw", RestoreFormat.RAW, 10_737_418_240L);
            story.tell(new RestoreCompleted(story.machine(), operation, backup, List.of(disk), story.now()));
        } else {
            story.tell(new RestoreFailed(
                    story.machine(), operation, backup, FailureCode.TARGET_EXISTS, "exists", story.now()));
        }
    }

    private void export() {
        if (completed.isEmpty()) {
            return;
        }
        BackupId backup = completed.getLast();
        OperationId operation = story.nextOperation();
        story.tell(new RestoreExportRequested(
                story.machine(),
                operation,
                backup,
                Story.REPOSITORY,
                List.of(Story.VDA),
                new ExportTerms("0011", story.now(), dice.nextBoolean()),
                story.now()));
        if (dice.nextInt(4) > 0) {
            ReadyDisk disk = new ReadyDisk(Story.VDA, "nbd+unix:///0011-vda", Optional.empty(), 10_737_418_240L);
            story.tell(new RestoreExportOpened(story.machine(), operation, backup, List.of(disk), story.now()));
        }
        boolean asked = dice.nextBoolean();
        if (asked) {
            story.tell(new RestoreExportEndRequested(story.machine(), story.nextOperation(), operation, story.now()));
        }
        switch (dice.nextInt(3)) {
            case 0 -> story.tell(new RestoreExportEnded(story.machine(), operation, backup, story.now()));
            case 1 ->
                story.tell(new RestoreExportFailed(
                        story.machine(), operation, backup, FailureCode.LEASE_EXPIRED, "late", story.now()));
            default -> {
                // It goes on, and maybe for ever.
            }
        }
    }

    private void trouble() {
        story.tell(new DriftFound(
                story.machine(),
                DriftKind.UNKNOWN_BITMAP,
                Optional.of(Story.VDA),
                "tm-stranger",
                "not in the log",
                DriftAction.QUARANTINED,
                story.now()));
        story.tell(new RetentionChanged(
                story.machine(), story.nextOperation(), Story.REPOSITORY, Optional.empty(), story.now()));
        story.tell(new DriftGone(story.machine(), DriftKind.MACHINE_PAUSED, Optional.empty(), "machine", story.now()));
        newest().ifPresent(checkpoint -> story.tell(
                new ChainBroken(
                        story.machine(),
                        Story.VDA,
                        dice.nextBoolean() ? BreakCause.BITMAP_INCONSISTENT : BreakCause.LAYER_CHANGED,
                        "seen",
                        List.of(checkpoint),
                        story.now()),
                Map.of()));
    }

    private void maybeFrozen(OperationId operation) {
        if (dice.nextInt(3) == 0) {
            story.frozen(operation, dice.nextBoolean() ? Moment.FROZEN : Moment.crashBecause("thawed early"));
        }
    }

    private void maybeInDoubt(OperationId operation) {
        if (dice.nextInt(4) == 0) {
            story.tell(new OperationInDoubt(story.machine(), operation, "the answer was lost", story.now()));
        }
    }

    private Optional<CheckpointId> newest() {
        return live.isEmpty() ? Optional.empty() : Optional.of(live.getLast());
    }
}
