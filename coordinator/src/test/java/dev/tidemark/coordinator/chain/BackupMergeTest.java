package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.C;
import static dev.tidemark.coordinator.chain.Story.MACHINE;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.SECOND_BACKUP;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static dev.tidemark.coordinator.chain.Story.machine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.ChangeRetention;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.MergeBackup;
import dev.tidemark.schema.command.MergeReach;
import dev.tidemark.schema.command.ProtectBackup;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.RecordedFile;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMergeFailed;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What may be merged, into what, and what the log makes of it. */
class BackupMergeTest {
    private static final OperationId MERGE = new OperationId(Story.ulid(701));
    private static final OperationId OTHER = new OperationId(Story.ulid(702));
    private static final BackupId THIRD = new BackupId(Story.ulid(23));

    /** Two incrementals: the second stands on the first, and that on a full one. */
    private static Story three() {
        return machine()
                .backedUp(BACKUP, NEAR, A)
                .backedUp(SECOND_BACKUP, NEAR, B)
                .backedUp(THIRD, NEAR, C);
    }

    private static MergeBackup merge(BackupId backup, MergeReach reach) {
        return new MergeBackup(MACHINE, MERGE, backup, reach, AT);
    }

    private static Story told(Story story, Outcome outcome) {
        Report report = new Report(MACHINE, 1, new Sight.NotTaken(), List.of(new OperationResult(MERGE, outcome)));
        return story.when(new RecordReport(MACHINE, report, AT));
    }

    private static MergedDisk merged(DiskMerge merge) {
        return new MergedDisk(
                merge.parent(),
                "ab",
                new CompletedDisk(
                        merge.disk(),
                        merge.onto().isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                        merge.onto().map(below -> A),
                        merge.onto(),
                        1,
                        merge.disk() + ".qcow2",
                        5,
                        "cd",
                        Story.SIZE));
    }

    private static Outcome done(Story story) {
        MergeBackupOperation operation =
                (MergeBackupOperation) story.desired().repositoryOperations().getFirst();
        return new Outcome.Done(new Evidence.Merged(
                operation.disks().stream().map(BackupMergeTest::merged).toList()));
    }

    private static List<DiskMerge> both(BackupId parent, Optional<BackupId> onto) {
        return List.of(new DiskMerge(VDA, parent, onto), new DiskMerge(VDB, parent, onto));
    }

    private static DiskPlan next(Story story) {
        return ((BackupPlanner.Planned.Plan) BackupPlanner.plan(
                        story.now(), NEAR, BackupMode.PUSH, new BackupRequest.Automatic(), List.of(VDA)))
                .disks()
                .getFirst();
    }

    @Test
    void it_takes_in_what_it_directly_stands_on_and_that_can_then_be_deleted() {
        Story story = three().when(merge(THIRD, MergeReach.PARENT));
        assertThat(story.only(BackupMergeRequested.class).disks()).isEqualTo(both(SECOND_BACKUP, Optional.of(BACKUP)));
        MergeBackupOperation asked =
                (MergeBackupOperation) story.desired().repositoryOperations().getFirst();
        assertThat(story.desired().repositoryOperations()).hasSize(1);
        assertThat(asked.against(List.of()))
                .isEqualTo(new MergeBackupOperation(MERGE, THIRD, NEAR, both(SECOND_BACKUP, Optional.of(BACKUP))));
        assertThat(asked.recorded().stream().map(RecordedFile::backup)).contains(BACKUP, SECOND_BACKUP, THIRD);
        story.when(new DeleteBackup(MACHINE, OTHER, SECOND_BACKUP, AT)).thenRejected(Rejection.BackupNeeded.class);
        assertThat(told(story, done(story)).only(BackupMerged.class).disks()).hasSize(2);
        assertThat(story.now().errands()).isEmpty();
        assertThat(story.now().standingOn(BACKUP)).containsExactly(SECOND_BACKUP, THIRD);
        assertThat(story.now().standingOn(SECOND_BACKUP)).isEmpty();
        assertThat(told(story, new Outcome.Unknown("again")).outcome()).isEmpty();
        story.when(new DeleteBackup(MACHINE, OTHER, SECOND_BACKUP, AT)).then(BackupDeletionRequested.class);
    }

    @Test
    void it_takes_in_all_and_is_full_and_still_the_base_of_the_next() {
        Story story = three();
        DiskPlan before = next(story);
        story.when(merge(THIRD, MergeReach.ALL));
        assertThat(story.only(BackupMergeRequested.class).disks()).isEqualTo(both(SECOND_BACKUP, Optional.empty()));
        assertThat(next(story)).isEqualTo(before);
        told(story, done(story)).then(BackupMerged.class);
        assertThat(next(story)).isEqualTo(before);
        assertThat(before.parent()).contains(THIRD);
        story.when(new MergeBackup(MACHINE, OTHER, THIRD, MergeReach.PARENT, AT))
                .thenRejected(Rejection.NothingToMerge.class);
    }

    @Test
    void the_same_merge_asked_again_is_accepted_and_changes_nothing() {
        three().when(merge(THIRD, MergeReach.PARENT))
                .when(merge(THIRD, MergeReach.PARENT))
                .thenNothing();
    }

    @Test
    void what_is_held_or_protected_is_not_touched() {
        Story held = three().when(new ProtectBackup(MACHINE, OTHER, THIRD, Optional.of("case 7"), AT));
        assertThat(held.when(merge(THIRD, MergeReach.PARENT))
                        .thenRejected(Rejection.Held.class)
                        .reason())
                .isEqualTo("case 7");
        three().when(new ProtectBackup(MACHINE, OTHER, THIRD, Optional.empty(), AT))
                .when(merge(THIRD, MergeReach.PARENT))
                .thenRejected(Rejection.BackupProtected.class);
        // What it stands on is read and not changed.
        three().when(new ProtectBackup(MACHINE, OTHER, SECOND_BACKUP, Optional.of("case 7"), AT))
                .when(merge(THIRD, MergeReach.PARENT))
                .then(BackupMergeRequested.class);
    }

    @Test
    void what_is_read_is_not_merged_nor_what_another_that_is_read_stands_on() {
        for (BackupId read : List.of(SECOND_BACKUP, THIRD)) {
            assertThat(three().when(new VerifyBackup(MACHINE, OTHER, read, NEAR, AT))
                            .when(merge(SECOND_BACKUP, MergeReach.PARENT))
                            .thenRejected(Rejection.OtherOperation.class)
                            .operation())
                    .isEqualTo(OTHER);
            three().when(new RestoreBackup(
                            MACHINE, OTHER, read, NEAR, List.of(), List.of(VDA), "/r", RestoreFormat.RAW, AT))
                    .when(merge(SECOND_BACKUP, MergeReach.PARENT))
                    .thenRejected(Rejection.OtherOperation.class);
        }
        three().when(new VerifyBackup(MACHINE, OTHER, BACKUP, NEAR, AT))
                .when(merge(SECOND_BACKUP, MergeReach.PARENT))
                .then(BackupMergeRequested.class);
        three().when(new DeleteBackup(MACHINE, OTHER, THIRD, AT))
                .when(merge(THIRD, MergeReach.PARENT))
                .thenRejected(Rejection.OtherOperation.class);
    }

    @Test
    void of_one_chain_one_at_a_time_is_merged() {
        for (BackupId first : List.of(SECOND_BACKUP, THIRD)) {
            BackupId second = first.equals(THIRD) ? SECOND_BACKUP : THIRD;
            assertThat(three().when(new MergeBackup(MACHINE, OTHER, first, MergeReach.PARENT, AT))
                            .when(merge(second, MergeReach.PARENT))
                            .thenRejected(Rejection.OtherOperation.class)
                            .detail())
                    .contains(first.value(), "merged");
        }
    }

    @Test
    void what_a_running_backup_is_to_stand_on_is_not_merged() {
        BackupId fourth = new BackupId(Story.ulid(24));
        for (BackupId below : List.of(SECOND_BACKUP, THIRD)) {
            Story story = three().backup(fourth, NEAR, new BackupRequest.Automatic(), Optional.empty());
            assertThat(story.when(merge(below, MergeReach.PARENT))
                            .thenRejected(Rejection.OtherOperation.class)
                            .operation())
                    .isEqualTo(story.pendingOperation());
        }
    }

    @Test
    void what_is_being_deleted_is_not_merged() {
        Story story = three().when(new DeleteBackup(MACHINE, OTHER, THIRD, AT));
        Rejection.OtherOperation going =
                story.when(merge(THIRD, MergeReach.PARENT)).thenRejected(Rejection.OtherOperation.class);
        assertThat(going.operation()).isEqualTo(OTHER);
        assertThat(going.detail()).contains(THIRD + " is being deleted");
    }

    @Test
    void nothing_is_merged_over_a_file_of_which_the_log_knows_nothing() {
        BackupId lost = new BackupId(Story.ulid(98));
        CompletedDisk above = new CompletedDisk(
                VDA, BackupKind.INCREMENTAL, Optional.of(A), Optional.of(lost), 1, "vda.qcow2", 1, "ab", Story.SIZE);
        CompletedDisk top = new CompletedDisk(
                VDA, BackupKind.INCREMENTAL, Optional.of(B), Optional.of(BACKUP), 1, "vda.qcow2", 1, "ab", Story.SIZE);
        Story story = machine()
                .given(
                        new BackupCompleted(MACHINE, OTHER, BACKUP, NEAR, Optional.empty(), List.of(above), AT),
                        new BackupCompleted(MACHINE, OTHER, THIRD, NEAR, Optional.empty(), List.of(top), AT));
        Rejection.BackupDamaged broken =
                story.when(merge(THIRD, MergeReach.PARENT)).thenRejected(Rejection.BackupDamaged.class);
        assertThat(broken).isEqualTo(new Rejection.BackupDamaged(THIRD, BACKUP, VDA));
    }

    @Test
    void what_was_never_completed_or_stands_on_nothing_cannot_be_merged() {
        three().when(merge(new BackupId(Story.ulid(99)), MergeReach.ALL)).thenRejected(Rejection.UnknownBackup.class);
        three().when(merge(BACKUP, MergeReach.ALL)).thenRejected(Rejection.NothingToMerge.class);
        three().when(merge(THIRD, MergeReach.POLICY)).thenRejected(Rejection.NothingToMerge.class);
    }

    @Test
    void by_the_policy_it_takes_in_what_goes_and_nothing_else() {
        Story story = three().when(
                        new ChangeRetention(MACHINE, OTHER, NEAR, Optional.of(new RetentionPolicy(1, 0, 0, 0, 0)), AT));
        story.when(merge(SECOND_BACKUP, MergeReach.POLICY)).thenRejected(Rejection.NothingToMerge.class);
        story.when(merge(THIRD, MergeReach.POLICY));
        assertThat(story.only(BackupMergeRequested.class).disks()).isEqualTo(both(SECOND_BACKUP, Optional.empty()));
    }

    @Test
    void a_file_that_was_found_rotten_is_marked_nothing_stands_on_it_and_it_is_not_merged_again() {
        Story story = three().when(merge(THIRD, MergeReach.PARENT));
        DamagedDisk rotten = new DamagedDisk(VDA, MACHINE + "/" + BACKUP + "/vda.qcow2", "differs");
        BackupMergeFailed failed = told(story, new Outcome.Done(new Evidence.Damaged(List.of(rotten))))
                .only(BackupMergeFailed.class);
        assertThat(failed.code()).isEqualTo(FailureCode.BACKUP_DAMAGED);
        assertThat(failed.damaged()).containsExactly(rotten);
        assertThat(story.now().errands()).isEmpty();
        assertThat(story.now()
                        .stored(BACKUP)
                        .orElseThrow()
                        .file(VDA)
                        .orElseThrow()
                        .damaged())
                .isTrue();
        assertThat(next(story).cause()).contains(FullCause.BASE_BACKUP_DAMAGED);
        Rejection.BackupDamaged refused = story.when(new MergeBackup(MACHINE, OTHER, THIRD, MergeReach.PARENT, AT))
                .thenRejected(Rejection.BackupDamaged.class);
        assertThat(refused.damaged()).isEqualTo(BACKUP);
    }

    @Test
    void evidence_of_something_else_merges_nothing() {
        Story story = three().when(merge(THIRD, MergeReach.PARENT));
        told(
                        story,
                        new Outcome.Done(new Evidence.Merged(
                                List.of(merged(new DiskMerge(VDA, SECOND_BACKUP, Optional.empty()))))))
                .then(BackupMergeFailed.class);
        assertThat(story.now().standingOn(SECOND_BACKUP)).containsExactly(THIRD);
        told(three().when(merge(THIRD, MergeReach.PARENT)), new Outcome.Done(new Evidence.Verified(1)))
                .then(BackupMergeFailed.class);
        told(
                        three().when(merge(THIRD, MergeReach.PARENT)),
                        new Outcome.Refused(FailureCode.REPOSITORY_FAILED, "no space"))
                .then(BackupMergeFailed.class);
        Story lost = three().when(merge(THIRD, MergeReach.PARENT));
        assertThat(told(lost, new Outcome.Unknown("lost")).outcome()).isEmpty();
        assertThat(lost.now().errands()).hasSize(1);
    }
}
