package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.C;
import static dev.tidemark.coordinator.chain.Story.FAR;
import static dev.tidemark.coordinator.chain.Story.MACHINE;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.SECOND_BACKUP;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static dev.tidemark.coordinator.chain.Story.machine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.AbortErrand;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.RecordedFile;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionFailed;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What goes, what may not go, and what is planned when it has gone. */
class BackupDeletionTest {
    private static final OperationId DELETION = new OperationId(Story.ulid(601));

    /** Two incrementals: the second stands on the first, and that on a full one. */
    private static Story three() {
        return machine()
                .backedUp(BACKUP, NEAR, A)
                .backedUp(SECOND_BACKUP, NEAR, B)
                .backedUp(new BackupId(Story.ulid(23)), NEAR, C);
    }

    private static final BackupId THIRD = new BackupId(Story.ulid(23));

    private static DeleteBackup delete(BackupId backup) {
        return new DeleteBackup(MACHINE, DELETION, backup, AT);
    }

    private static Story told(Story story, Outcome outcome) {
        Report report = new Report(MACHINE, 1, new Sight.NotTaken(), List.of(new OperationResult(DELETION, outcome)));
        return story.when(new RecordReport(MACHINE, report, AT));
    }

    private static Outcome removed() {
        return new Outcome.Done(new Evidence.Removed(7));
    }

    private static DiskPlan plan(Story story, RepositoryName repository) {
        return ((BackupPlanner.Planned.Plan) BackupPlanner.plan(
                        story.now(), repository, BackupMode.PUSH, new BackupRequest.Automatic(), List.of(VDA)))
                .disks()
                .getFirst();
    }

    @Test
    void the_newest_goes_and_is_known_no_more() {
        Story story = three().when(delete(THIRD)).then(BackupDeletionRequested.class);
        assertThat(story.desired().repositoryOperations())
                .containsExactly(new DeleteBackupOperation(DELETION, THIRD, NEAR, Optional.empty()));
        assertThat(told(story, removed()).only(BackupDeleted.class).bytes()).isEqualTo(7);
        assertThat(story.now().errands()).isEmpty();
        assertThat(story.now().stored(THIRD)).isEmpty();
        assertThat(told(story, removed()).outcome()).isEmpty();
        story.when(new DeleteBackup(MACHINE, story.newOperation(), THIRD, AT))
                .thenRejected(Rejection.UnknownBackup.class);
    }

    @Test
    void the_same_deletion_asked_again_is_accepted_and_changes_nothing() {
        three().when(delete(THIRD)).when(delete(THIRD)).thenNothing();
    }

    @Test
    void what_others_stand_on_stays_and_they_are_named() {
        Rejection.BackupNeeded needed = three().when(delete(BACKUP)).thenRejected(Rejection.BackupNeeded.class);
        assertThat(needed.above()).containsExactly(SECOND_BACKUP, THIRD);
        assertThat(needed.detail()).contains(SECOND_BACKUP.value(), THIRD.value());
        three().when(delete(SECOND_BACKUP)).thenRejected(Rejection.BackupNeeded.class);
    }

    @Test
    void from_above_all_can_go_one_after_the_other() {
        Story story = three();
        for (BackupId backup : List.of(THIRD, SECOND_BACKUP, BACKUP)) {
            OperationId operation = story.newOperation();
            story.when(new DeleteBackup(MACHINE, operation, backup, AT)).then(BackupDeletionRequested.class);
            story.when(new RecordReport(
                            MACHINE,
                            new Report(
                                    MACHINE,
                                    1,
                                    new Sight.NotTaken(),
                                    List.of(new OperationResult(operation, removed()))),
                            AT))
                    .then(BackupDeleted.class);
        }
        assertThat(story.now().stored()).isEmpty();
        assertThat(story.now().bases()).isEmpty();
    }

    @Test
    void one_that_is_being_deleted_still_keeps_what_it_stands_on() {
        three().when(delete(THIRD))
                .when(new DeleteBackup(MACHINE, new OperationId(Story.ulid(602)), SECOND_BACKUP, AT))
                .thenRejected(Rejection.BackupNeeded.class);
    }

    @Test
    void from_the_intent_on_it_is_no_base_and_the_one_below_is() {
        DiskPlan plan = plan(three().when(delete(THIRD)), NEAR);
        assertThat(plan.kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertThat(plan.since()).contains(B);
        assertThat(plan.parent()).contains(SECOND_BACKUP);
    }

    @Test
    void without_any_other_the_next_is_full_and_says_why() {
        Story story = machine().backedUp(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, FAR, B);
        story.when(delete(BACKUP));
        DiskPlan plan = plan(story, NEAR);
        assertThat(plan.kind()).isEqualTo(BackupKind.FULL);
        assertThat(plan.cause()).contains(FullCause.BASE_BACKUP_DELETED);
        assertThat(plan(told(story, removed()), NEAR)).isEqualTo(plan);
        assertThat(plan(story, FAR).kind()).isEqualTo(BackupKind.INCREMENTAL);
    }

    @Test
    void one_that_could_not_be_deleted_is_still_there_and_no_base() {
        Story story = three().when(delete(THIRD));
        BackupDeletionFailed failed = told(story, new Outcome.Refused(FailureCode.REPOSITORY_FAILED, "not mounted"))
                .only(BackupDeletionFailed.class);
        assertThat(failed.detail()).isEqualTo("not mounted");
        assertThat(story.now().stored(THIRD))
                .get()
                .satisfies(kept -> assertThat(kept.deletion()).isEmpty());
        assertThat(plan(story, NEAR).parent()).contains(SECOND_BACKUP);
        story.when(new DeleteBackup(MACHINE, story.newOperation(), THIRD, AT)).then(BackupDeletionRequested.class);
    }

    @Test
    void a_deletion_cannot_be_aborted() {
        three().when(delete(THIRD))
                .when(new AbortErrand(MACHINE, new OperationId(Story.ulid(605)), DELETION, AT))
                .thenRejected(Rejection.Unsupported.class);
    }

    @Test
    void foreign_evidence_deletes_nothing() {
        told(three().when(delete(THIRD)), new Outcome.Done(new Evidence.Verified(1)))
                .then(BackupDeletionFailed.class);
        Story lost = three().when(delete(THIRD));
        assertThat(told(lost, new Outcome.Unknown("lost")).outcome()).isEmpty();
        assertThat(lost.now().errands()).hasSize(1);
    }

    @Test
    void what_is_read_is_not_deleted_and_what_is_deleted_is_not_read() {
        Story read = three().when(new VerifyBackup(MACHINE, new OperationId(Story.ulid(603)), THIRD, NEAR, AT));
        assertThat(read.when(delete(THIRD))
                        .thenRejected(Rejection.OtherOperation.class)
                        .operation())
                .isEqualTo(new OperationId(Story.ulid(603)));

        Story going = three().when(delete(THIRD));
        OperationId other = new OperationId(Story.ulid(604));
        for (Rejection.OtherOperation rejection : List.of(
                going.when(new VerifyBackup(MACHINE, other, THIRD, NEAR, AT))
                        .thenRejected(Rejection.OtherOperation.class),
                going.when(new RestoreBackup(
                                MACHINE, other, THIRD, NEAR, List.of(), List.of(VDA), "/r", RestoreFormat.RAW, AT))
                        .thenRejected(Rejection.OtherOperation.class),
                going.when(new DeleteBackup(MACHINE, other, THIRD, AT)).thenRejected(Rejection.OtherOperation.class))) {
            assertThat(rejection.operation()).isEqualTo(DELETION);
        }
    }

    @Test
    void what_a_running_backup_is_to_stand_on_is_not_deleted() {
        Story story =
                three().backup(new BackupId(Story.ulid(24)), NEAR, new BackupRequest.Automatic(), Optional.empty());
        Rejection.OtherOperation rejection = story.when(delete(THIRD)).thenRejected(Rejection.OtherOperation.class);
        assertThat(rejection.operation()).isEqualTo(story.pendingOperation());
        assertThat(rejection.detail()).contains(Story.ulid(24));
    }

    @Test
    void a_backup_without_a_checkpoint_can_be_deleted_too() {
        Story story = machine().backup(BACKUP, NEAR, new BackupRequest.Full(), Optional.empty());
        story.look(story.expected().job(story.jobName())).stored();
        assertThat(story.now().stored(BACKUP)).isPresent();
        story.when(delete(BACKUP)).then(BackupDeletionRequested.class);
    }

    @Test
    void what_never_was_completed_cannot_be_deleted() {
        Story story = machine().backup(BACKUP, NEAR, new BackupRequest.Full(), Optional.empty());
        story.when(delete(BACKUP)).thenRejected(Rejection.UnknownBackup.class);
    }

    @Test
    void damage_is_marked_where_it_is_and_a_reading_takes_the_mark_away() {
        Story story = three();
        verified(
                story,
                THIRD,
                new Evidence.Damaged(List.of(new DamagedDisk(VDA, MACHINE + "/" + BACKUP + "/vda.qcow2", "digest"))));
        assertThat(damaged(story)).containsExactly(BACKUP);
        verified(story, SECOND_BACKUP, new Evidence.Verified(1));
        assertThat(damaged(story)).isEmpty();
        verified(story, THIRD, new Evidence.Damaged(List.of(new DamagedDisk(VDA, "elsewhere", "digest"))));
        assertThat(damaged(story)).containsExactly(THIRD);
    }

    @Test
    void whoever_reads_a_backup_is_told_what_the_log_says_of_every_file_it_stands_on() {
        Story story = three().when(new VerifyBackup(MACHINE, DELETION, SECOND_BACKUP, NEAR, true, AT));
        VerifyOperation reading =
                (VerifyOperation) story.desired().repositoryOperations().getFirst();
        assertThat(reading.deep()).isTrue();
        List<RecordedFile> expected = List.of(VDA, VDB).stream()
                .flatMap(disk -> Stream.of(SECOND_BACKUP, BACKUP)
                        .map(backup -> story.now().stored(backup).orElseThrow())
                        .map(kept -> {
                            StoredBackup.File file = kept.file(disk).orElseThrow();
                            return new RecordedFile(kept.backup(), disk, file.parent(), file.bytes(), file.sha256());
                        }))
                .toList();
        assertThat(reading.recorded()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(expected).allSatisfy(file -> assertThat(file.sha256()).isNotEmpty());
    }

    @Test
    void whoever_restores_a_backup_is_told_the_same() {
        Story reading = three().when(new VerifyBackup(MACHINE, DELETION, SECOND_BACKUP, NEAR, AT));
        Story restoring = three().when(new RestoreBackup(
                MACHINE,
                DELETION,
                SECOND_BACKUP,
                NEAR,
                List.of(),
                List.of(VDA, VDB),
                "/restore",
                RestoreFormat.RAW,
                AT));
        assertThat(((RestoreOperation)
                                restoring.desired().repositoryOperations().getFirst())
                        .recorded())
                .isNotEmpty()
                .isEqualTo(((VerifyOperation)
                                reading.desired().repositoryOperations().getFirst())
                        .recorded());
    }

    @Test
    void of_a_backup_that_the_log_does_not_know_it_says_nothing() {
        Story story = machine().when(new VerifyBackup(MACHINE, DELETION, BACKUP, NEAR, AT));
        VerifyOperation reading =
                (VerifyOperation) story.desired().repositoryOperations().getFirst();
        assertThat(reading.deep()).isFalse();
        assertThat(reading.recorded()).isEmpty();
    }

    private static void verified(Story story, BackupId backup, Evidence evidence) {
        OperationId operation = story.newOperation();
        story.when(new VerifyBackup(MACHINE, operation, backup, NEAR, AT));
        story.when(new RecordReport(
                MACHINE,
                new Report(
                        MACHINE,
                        1,
                        new Sight.NotTaken(),
                        List.of(new OperationResult(operation, new Outcome.Done(evidence)))),
                AT));
    }

    private static List<BackupId> damaged(Story story) {
        return story.now().stored().stream()
                .filter(kept -> kept.files().stream().anyMatch(StoredBackup.File::damaged))
                .map(StoredBackup::backup)
                .toList();
    }
}
