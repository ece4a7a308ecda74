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
import static dev.tidemark.coordinator.chain.Story.chain;
import static dev.tidemark.coordinator.chain.Story.disk;
import static dev.tidemark.coordinator.chain.Story.machine;
import static dev.tidemark.coordinator.chain.Story.raw;
import static dev.tidemark.coordinator.chain.Story.registered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.DeleteCheckpoint;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** From which evidence a disk is backed up how. */
class BackupPlannerTest {
    private static final BackupRequest AUTOMATIC = new BackupRequest.Automatic();

    private static List<DiskPlan> plan(Story story, RepositoryName repository, BackupRequest request) {
        BackupPlanner.Planned planned =
                BackupPlanner.plan(story.now(), repository, BackupMode.PUSH, request, List.of());
        assertThat(planned).isInstanceOf(BackupPlanner.Planned.Plan.class);
        return ((BackupPlanner.Planned.Plan) planned).disks();
    }

    private static void assertFull(DiskPlan plan, FullCause cause) {
        assertThat(plan.kind()).isEqualTo(BackupKind.FULL);
        assertThat(plan.cause()).contains(cause);
        assertThat(plan.since()).isEmpty();
        assertThat(plan.parent()).isEmpty();
        assertThat(plan.detail()).isNotBlank();
    }

    private static Story damaged(Story story, DiskName disk) {
        OperationId verification = story.newOperation();
        story.when(new VerifyBackup(MACHINE, verification, BACKUP, NEAR, AT));
        Outcome damaged = new Outcome.Done(
                new Outcome.Evidence.Damaged(List.of(new DamagedDisk(disk, "vda.qcow2", "another digest"))));
        return story.when(new RecordReport(
                        MACHINE,
                        new Report(
                                MACHINE,
                                story.now().version(),
                                new Sight.NotTaken(),
                                List.of(new OperationResult(verification, damaged))),
                        AT))
                .then(BackupDamaged.class);
    }

    @Test
    void nothing_to_stand_on() {
        assertThat(plan(chain(A), NEAR, AUTOMATIC))
                .hasSize(2)
                .allSatisfy(plan -> assertFull(plan, FullCause.NO_BACKUP_IN_REPOSITORY));
    }

    @Test
    void a_full_one_was_asked_for() {
        assertThat(plan(machine().backedUp(BACKUP, NEAR, A), NEAR, new BackupRequest.Full()))
                .allSatisfy(plan -> assertFull(plan, FullCause.REQUESTED));
    }

    @Test
    void the_newest_checkpoint_with_a_completed_backup_is_the_base() {
        Story story = machine().backedUp(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, NEAR, B);
        story.create(C).done(story.expected().takenOver(VDA, C).takenOver(VDB, C));
        assertThat(plan(story, NEAR, AUTOMATIC)).allSatisfy(plan -> {
            assertThat(plan.kind()).isEqualTo(BackupKind.INCREMENTAL);
            assertThat(plan.since()).contains(B);
            assertThat(plan.parent()).contains(SECOND_BACKUP);
            assertThat(plan.cause()).isEmpty();
        });
        assertThat(plan(story, NEAR, new BackupRequest.Since(A)))
                .allSatisfy(plan -> assertThat(plan.parent()).contains(BACKUP));
    }

    @Test
    void a_base_in_another_repository_does_not_count() {
        Story story = machine().backedUp(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, FAR, B);
        assertThat(plan(story, NEAR, AUTOMATIC))
                .allSatisfy(plan -> assertThat(plan.since()).contains(A));
        assertThat(plan(story, FAR, AUTOMATIC))
                .allSatisfy(plan -> assertThat(plan.since()).contains(B));
        assertThat(plan(story, new RepositoryName("third"), AUTOMATIC))
                .allSatisfy(plan -> assertFull(plan, FullCause.NO_BACKUP_IN_REPOSITORY));
    }

    @Test
    void a_copy_is_full_and_what_follows_is_the_same_as_without_it() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        List<Disk> disks = story.now().disks();
        List<Base> bases = story.now().bases();
        story.backup(SECOND_BACKUP, NEAR, new BackupRequest.Copy(), Optional.of(B));
        BackupRequested requested = story.only(BackupRequested.class);
        assertThat(requested.checkpoint()).isEmpty();
        assertThat(requested.disks())
                .hasSize(2)
                .allSatisfy(plan -> assertFull(plan, FullCause.REQUESTED))
                .allSatisfy(plan -> assertThat(plan.detail()).contains("copy"));
        assertThat(((PushBackupOperation) story.desired().operation().orElseThrow()).disks())
                .allSatisfy(disk -> {
                    assertThat(disk.tracked()).isFalse();
                    assertThat(disk.previous()).isEmpty();
                    assertThat(disk.merge()).isEmpty();
                });
        story.look(story.expected().job(story.jobName())).stored();
        assertThat(story.now().stored(SECOND_BACKUP)).isPresent();
        assertThat(story.now().disks()).isEqualTo(disks);
        assertThat(story.now().bases()).isEqualTo(bases);
        assertThat(story.now().checkpoint(B)).isEmpty();
        assertThat(plan(story, NEAR, AUTOMATIC))
                .allSatisfy(plan -> assertThat(plan.parent()).contains(BACKUP));
    }

    @Test
    void a_differential_holds_the_union_since_its_checkpoint_and_stands_on_the_backup_taken_there() {
        Story story = machine().backedUp(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, NEAR, B);
        List<Base> bases = story.now().bases();
        BackupId third = new BackupId(Story.ulid(23));
        story.backup(third, NEAR, new BackupRequest.Differential(A), Optional.of(C));
        assertThat(story.only(BackupRequested.class).checkpoint()).isEmpty();
        assertThat(story.only(BackupRequested.class).disks()).hasSize(2).allSatisfy(plan -> {
            assertThat(plan.kind()).isEqualTo(BackupKind.INCREMENTAL);
            assertThat(plan.since()).contains(A);
            assertThat(plan.parent()).contains(BACKUP);
        });
        assertThat(((PushBackupOperation) story.desired().operation().orElseThrow()).disks())
                .allSatisfy(disk -> {
                    assertThat(disk.tracked()).isFalse();
                    assertThat(disk.previous()).isEmpty();
                    assertThat(disk.merge()).containsExactly(BitmapName.of(A), BitmapName.of(B));
                });
        story.look(story.expected().job(story.jobName())).stored();
        assertThat(story.now().bases()).isEqualTo(bases);
        assertThat(plan(story, NEAR, AUTOMATIC))
                .allSatisfy(plan -> assertThat(plan.parent()).contains(SECOND_BACKUP));
    }

    @Test
    void a_differential_whose_base_was_damaged_is_full_and_says_so_even_if_newer_ones_are_sound() {
        Story story = damaged(machine().backedUp(BACKUP, NEAR, A), VDA);
        List<DiskPlan> next = plan(story, NEAR, new BackupRequest.Differential(A));
        assertFull(next.getFirst(), FullCause.BASE_BACKUP_DAMAGED);
        assertThat(next.getLast().kind()).isEqualTo(BackupKind.INCREMENTAL);
        story.backedUp(SECOND_BACKUP, NEAR, B);
        List<DiskPlan> later = plan(story, NEAR, new BackupRequest.Differential(A));
        assertFull(later.getFirst(), FullCause.BASE_BACKUP_DAMAGED);
        assertThat(later.getFirst().detail()).contains(BACKUP.value());
        assertThat(plan(story, NEAR, new BackupRequest.Differential(B)))
                .allSatisfy(plan -> assertThat(plan.parent()).contains(SECOND_BACKUP));
    }

    @Test
    void a_differential_since_a_checkpoint_that_the_chain_lost_is_full_with_the_breaks_cause() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.look(story.expected().inconsistent(VDA, A));
        story.backedUp(SECOND_BACKUP, NEAR, B);
        List<DiskPlan> plans = plan(story, NEAR, new BackupRequest.Differential(A));
        assertFull(plans.getFirst(), FullCause.BITMAP_INCONSISTENT);
        assertThat(plans.getFirst().detail()).contains(Story.name(A).value());
        assertThat(plans.getLast().parent()).contains(BACKUP);
    }

    @Test
    void since_a_checkpoint_without_a_backup_is_impossible() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.create(B).done(story.expected().takenOver(VDA, B).takenOver(VDB, B));
        assertThat(BackupPlanner.plan(story.now(), NEAR, BackupMode.PUSH, new BackupRequest.Since(B), List.of()))
                .isInstanceOfSatisfying(
                        BackupPlanner.Planned.Impossible.class,
                        impossible -> assertThat(impossible.rejection())
                                .isInstanceOfSatisfying(Rejection.FullRequired.class, full -> {
                                    assertThat(full.disk()).isEqualTo(VDA);
                                    assertThat(full.detail()).contains("vda").contains("full");
                                    assertThat(full.remedy()).isNotBlank();
                                }));
    }

    @Test
    void the_base_checkpoint_was_deleted() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.delete(A).done(story.expected().without(VDA, A).without(VDB, A));
        assertThat(plan(story, NEAR, AUTOMATIC))
                .allSatisfy(plan -> assertFull(plan, FullCause.BASE_CHECKPOINT_DELETED));
        assertThat(plan(story, NEAR, AUTOMATIC).getFirst().detail()).contains(BACKUP.value());
        story.backedUp(SECOND_BACKUP, NEAR, B);
        assertThat(story.now().lostBases()).isEmpty();
        assertThat(plan(story, NEAR, AUTOMATIC))
                .allSatisfy(plan -> assertThat(plan.since()).contains(B));
    }

    @Test
    void an_older_base_serves_when_the_newest_was_deleted() {
        Story story = machine().backedUp(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, NEAR, B);
        story.delete(B)
                .done(story.expected()
                        .without(VDA, B)
                        .without(VDB, B)
                        .recording(VDA, A, true)
                        .recording(VDB, A, true));
        assertThat(plan(story, NEAR, AUTOMATIC))
                .allSatisfy(plan -> assertThat(plan.parent()).contains(BACKUP));
    }

    @Test
    void a_broken_chain_demotes_only_its_disk_and_names_the_cause() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.look(story.expected().inconsistent(VDB, A));
        List<DiskPlan> plans = plan(story, NEAR, AUTOMATIC);
        assertThat(plans.getFirst().kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertFull(plans.getLast(), FullCause.BITMAP_INCONSISTENT);
        assertThat(plans.getLast().detail()).contains("inconsistent");
        story.look(story.expected().inconsistent(VDA, A));
        assertThat(story.now().bases()).isEmpty();
    }

    @Test
    void a_break_of_older_links_leaves_the_newer_base() {
        Story story = machine().backedUp(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, NEAR, B);
        story.look(story.expected().without(VDA, A));
        assertThat(plan(story, NEAR, AUTOMATIC))
                .allSatisfy(plan -> assertThat(plan.since()).contains(B));
    }

    @Test
    void a_disk_added_after_the_newest_backup() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.look(story.expected().plug(disk(new DiskName("vdc"))));
        List<DiskPlan> plans = plan(story, NEAR, AUTOMATIC);
        assertThat(plans.getFirst().kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertFull(plans.getLast(), FullCause.DISK_ADDED);
        assertFull(plan(story, FAR, AUTOMATIC).getLast(), FullCause.NO_BACKUP_IN_REPOSITORY);
    }

    @Test
    void a_disk_that_was_there_but_left_out_was_not_added() {
        Story story = machine();
        story.backup(BACKUP, NEAR, AUTOMATIC, Optional.of(A), List.of(VDA));
        story.look(story.expected().takenOver(VDA, A).job(story.jobName())).stored();
        List<DiskPlan> plans = plan(story, NEAR, AUTOMATIC);
        assertThat(plans.getFirst().kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertFull(plans.getLast(), FullCause.NO_BACKUP_IN_REPOSITORY);
    }

    @Test
    void a_disk_that_cannot_keep_a_bitmap_is_always_full() {
        Story story = registered();
        story.look(story.expected().plug(raw(VDA)));
        assertFull(plan(story, NEAR, AUTOMATIC).getFirst(), FullCause.NO_BITMAP_SUPPORT);
    }

    @Test
    void a_damaged_backup_is_no_base_and_nor_is_what_stands_on_it() {
        Story story = damaged(machine().backedUp(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, NEAR, B), VDA);
        List<DiskPlan> plans = plan(story, NEAR, AUTOMATIC);
        assertFull(plans.getFirst(), FullCause.BASE_BACKUP_DAMAGED);
        assertThat(plans.getFirst().detail()).contains("another digest");
        assertThat(plans.getLast().since()).contains(B);
        assertThat(story.now().errands()).isEmpty();
    }

    @Test
    void damage_in_one_repository_leaves_the_other_alone() {
        Story story = damaged(machine().backedUp(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, FAR, B), VDA);
        assertThat(plan(story, FAR, AUTOMATIC))
                .allSatisfy(plan -> assertThat(plan.since()).contains(B));
        assertThat(story.now().lostBases()).singleElement().returns(NEAR, LostBase::repository);
    }

    @Test
    void what_was_lost_elsewhere_is_no_cause() {
        // given: a base of one disk in one repository was lost
        Story story = damaged(machine().backedUp(BACKUP, NEAR, A), VDA);
        // when / then: nobody ever pushed into the other, nor pulled into this one
        assertThat(plan(story, FAR, AUTOMATIC)).allSatisfy(plan -> assertFull(plan, FullCause.NO_BACKUP_IN_REPOSITORY));
        BackupPlanner.Planned pull = BackupPlanner.plan(story.now(), NEAR, BackupMode.PULL, AUTOMATIC, List.of());
        assertThat(((BackupPlanner.Planned.Plan) pull).disks())
                .allSatisfy(plan -> assertFull(plan, FullCause.NO_BACKUP_IN_REPOSITORY));
        // and the other disk lost nothing: without its checkpoint it is told so
        story.when(new DeleteCheckpoint(MACHINE, story.newOperation(), A, AT));
        story.done(story.expected().without(VDA, A).without(VDB, A));
        List<DiskPlan> plans = plan(story, NEAR, AUTOMATIC);
        assertFull(plans.getFirst(), FullCause.BASE_BACKUP_DAMAGED);
        assertFull(plans.getLast(), FullCause.BASE_CHECKPOINT_DELETED);
    }

    @Test
    void a_backup_elsewhere_or_of_another_disk_says_nothing_of_a_base_that_never_was() {
        // given: at that checkpoint one disk alone was backed up, and the whole machine elsewhere
        Story story = machine();
        story.backup(BACKUP, NEAR, AUTOMATIC, Optional.of(A), List.of(VDA))
                .started(A)
                .stored();
        story.backup(SECOND_BACKUP, FAR, AUTOMATIC, Optional.of(B)).started(B).stored();
        // when / then
        List<DiskPlan> plans = plan(story, NEAR, new BackupRequest.Differential(A));
        assertThat(plans.getFirst().parent()).contains(BACKUP);
        assertFull(plans.getLast(), FullCause.NO_BACKUP_IN_REPOSITORY);
        assertThat(BackupPlanner.plan(story.now(), NEAR, BackupMode.PUSH, new BackupRequest.Since(B), List.of()))
                .isInstanceOf(BackupPlanner.Planned.Impossible.class);
    }

    @Test
    void a_differential_since_a_checkpoint_that_is_only_asked_for_is_turned_down_by_that_name() {
        Story story = chain(A).create(B);
        assertThat(BackupPlanner.withoutBase(story.now(), NEAR, BackupMode.PUSH, new BackupRequest.Differential(B)))
                .contains(new Rejection.UnknownCheckpoint(B));
    }

    @Test
    void damage_of_a_disk_without_a_base_changes_nothing() {
        Story story = damaged(machine(), VDB);
        assertThat(story.now().lostBases()).isEmpty();
    }

    @Test
    void a_selection_is_planned_in_the_machines_order() {
        Story story = machine();
        assertThat(BackupPlanner.plan(story.now(), NEAR, BackupMode.PUSH, AUTOMATIC, List.of(VDB, VDA)))
                .isInstanceOfSatisfying(
                        BackupPlanner.Planned.Plan.class,
                        plan -> assertThat(plan.disks())
                                .extracting(DiskPlan::disk)
                                .containsExactly(VDA, VDB));
    }
}
