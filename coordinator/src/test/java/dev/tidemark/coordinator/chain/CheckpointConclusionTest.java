package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.C;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static dev.tidemark.coordinator.chain.Story.chain;
import static dev.tidemark.coordinator.chain.Story.disk;
import static dev.tidemark.coordinator.chain.Story.machine;
import static dev.tidemark.coordinator.chain.Story.raw;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionFailed;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.Consistency;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.event.TrackedDisk;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a look says about the creation or deletion that is under way. */
class CheckpointConclusionTest {
    private static DiskFacts bigger(DiskFacts facts) {
        return new DiskFacts(
                facts.name(),
                facts.node(),
                facts.format(),
                facts.virtualSize() * 2,
                facts.file(),
                facts.backingDepth(),
                true);
    }

    @Test
    void a_bitmap_that_was_seen_is_created() {
        Story story = chain(A).create(B);
        story.done(story.expected().takenOver(VDA, B).takenOver(VDB, B)).then(CheckpointCreated.class);
        CheckpointCreated created = story.only(CheckpointCreated.class);
        assertThat(created.consistency()).isEqualTo(Consistency.CRASH);
        assertThat(created.disks())
                .containsExactly(
                        new TrackedDisk(VDA, Look.GRANULARITY, Story.SIZE, "/images/vda.qcow2", 0, Look.CANARY),
                        new TrackedDisk(VDB, Look.GRANULARITY, Story.SIZE, "/images/vdb.qcow2", 0, Look.CANARY));
        assertThat(story.chainOf(VDA)).containsExactly(A, B);
        assertThat(story.now().pending()).isEmpty();
        assertThat(story.now().newestCheckpoint()).get().returns(B, Checkpoint::id);
    }

    @Test
    void the_reply_to_the_creation_was_lost() {
        Story story = chain(A).create(B);
        story.doubtful(story.expected().takenOver(VDA, B).takenOver(VDB, B)).then(CheckpointCreated.class);
        Story restarted = chain(A).create(B);
        restarted.look(restarted.expected().takenOver(VDA, B).takenOver(VDB, B)).then(CheckpointCreated.class);
    }

    @Test
    void the_creation_was_executed_although_qemu_was_said_to_refuse() {
        Story story = chain(A).create(B);
        story.refused(story.expected().takenOver(VDA, B).takenOver(VDB, B), FailureCode.QEMU_REFUSED)
                .then(CheckpointCreated.class);
    }

    @Test
    void the_creation_was_never_executed() {
        Story story = chain(A).create(B);
        story.look(story.expected()).thenNothing();
        story.doubtful(story.expected()).then(OperationInDoubt.class);
        assertThat(story.now().pending()).get().returns(true, Pending::inDoubt);
        story.doubtful(story.expected()).thenNothing();
        story.refused(story.expected(), FailureCode.QEMU_REFUSED).then(CheckpointFailed.class);
        assertThat(story.chainOf(VDA)).containsExactly(A);
        assertThat(story.now().pending()).isEmpty();
        assertThat(story.now().checkpoint(B)).isEmpty();
    }

    @Test
    void done_without_an_effect_in_sight_is_a_doubt() {
        Story story = chain(A).create(B);
        story.done(story.expected()).then(OperationInDoubt.class);
        story.done(story.expected()).thenNothing();
    }

    @Test
    void changed_evidence_is_learnt_and_tried_with_but_not_without_end() {
        Story story = chain(A).create(B);
        story.refused(story.expected().without(VDA, A), FailureCode.EVIDENCE_CHANGED)
                .then(ChainBroken.class);
        assertThat(story.now().pending()).isPresent();
        story.refused(story.expected(), FailureCode.EVIDENCE_CHANGED).then(CheckpointFailed.class);
    }

    @Test
    void another_refusal_ends_the_creation_even_if_something_was_learnt() {
        Story story = chain(A).create(B);
        story.refused(story.expected().without(VDA, A), FailureCode.QEMU_REFUSED)
                .then(ChainBroken.class, CheckpointFailed.class);
    }

    @Test
    void the_new_bitmap_is_on_some_disks_only() {
        Story story = chain(A).create(B);
        story.done(story.expected().takenOver(VDA, B)).concluded(ChainBroken.class, CheckpointCreated.class);
        assertThat(story.only(ChainBroken.class).cause()).isEqualTo(BreakCause.CHECKPOINT_PARTIAL);
        assertThat(story.chainOf(VDA)).containsExactly(A, B);
        assertThat(story.chainOf(VDB)).isEmpty();
    }

    @Test
    void the_new_bitmap_is_useless_on_one_disk() {
        Story story = chain(A).create(B);
        Look look = story.expected().takenOver(VDA, B).takenOver(VDB, B).recording(VDB, B, false);
        story.done(look).concluded(CheckpointCreated.class, ChainBroken.class);
        assertThat(story.only(ChainBroken.class)).satisfies(broken -> {
            assertThat(broken.cause()).isEqualTo(BreakCause.BITMAP_NOT_RECORDING);
            assertThat(broken.disk()).isEqualTo(VDB);
            assertThat(broken.checkpoints()).containsExactly(A, B);
        });
        assertThat(story.chainOf(VDA)).containsExactly(A, B);
        assertThat(story.chainOf(VDB)).isEmpty();
        assertThat(story.now().disk(VDB).orElseThrow().unwanted()).containsExactly(A, B);
    }

    @Test
    void the_new_bitmap_is_useless_everywhere() {
        Story story = chain(A).create(B);
        Look look = story.expected()
                .takenOver(VDA, B)
                .takenOver(VDB, B)
                .inconsistent(VDA, B)
                .transientOnly(VDB, B);
        story.look(look);
        assertThat(story.only(CheckpointFailed.class).code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
        assertThat(story.outcome().stream()
                        .filter(ChainBroken.class::isInstance)
                        .map(event -> ((ChainBroken) event).cause()))
                .containsExactly(BreakCause.BITMAP_INCONSISTENT, BreakCause.BITMAP_NOT_PERSISTENT);
        assertThat(story.chainOf(VDA)).isEmpty();
    }

    @Test
    void a_disk_that_was_resized_around_the_creation_is_not_tracked() {
        Story story = chain(A).create(B);
        story.done(story.expected().takenOver(VDA, B).takenOver(VDB, B).facts(VDA, CheckpointConclusionTest::bigger))
                .concluded(MachineObserved.class, CheckpointCreated.class, ChainBroken.class);
        assertThat(story.only(ChainBroken.class).cause()).isEqualTo(BreakCause.VIRTUAL_SIZE_CHANGED);
        assertThat(story.chainOf(VDA)).isEmpty();
        assertThat(story.chainOf(VDB)).containsExactly(A, B);
    }

    @Test
    void the_break_names_what_moved_around_the_creation() {
        Story file = chain(A).create(B);
        file.look(file.expected()
                .takenOver(VDA, B)
                .takenOver(VDB, B)
                .facts(
                        VDA,
                        facts -> new DiskFacts(
                                VDA, facts.node(), "qcow2", facts.virtualSize(), "/images/other.qcow2", 0, true)));
        assertThat(file.only(ChainBroken.class).cause()).isEqualTo(BreakCause.DISK_FILE_CHANGED);
        Story layer = chain(A).create(B);
        layer.look(layer.expected()
                .takenOver(VDA, B)
                .takenOver(VDB, B)
                .facts(
                        VDA,
                        facts ->
                                new DiskFacts(VDA, facts.node(), "qcow2", facts.virtualSize(), facts.file(), 1, true)));
        assertThat(layer.only(ChainBroken.class).cause()).isEqualTo(BreakCause.LAYER_CHANGED);
    }

    @Test
    void an_older_bitmap_found_spoilt_beside_the_new_one_is_swept_and_spoils_nothing_else() {
        Story story = chain(A).create(B);
        Look look = story.expected().takenOver(VDA, B).takenOver(VDB, B).granularity(VDA, A, 4096);
        story.done(look).then(CheckpointCreated.class, ChainBroken.class, DriftFound.class);
        assertThat(story.now().disk(VDA).orElseThrow().unwanted()).containsExactly(A);
        story.look(story.expected().granularity(VDA, A, 4096).put(VDA, "tm-" + A, Look.healthy("tm-" + A, false)));
        assertThat(story.outcome()).isEmpty();
        assertThat(story.chainOf(VDA)).containsExactly(B);
    }

    @Test
    void the_last_trackable_disk_left_before_the_creation() {
        Story story = machine();
        story.look(story.expected().unplug(VDB).facts(VDA, facts -> raw(VDA)).plug(disk(VDB)));
        story.create(A, VDB);
        story.look(story.expected().unplug(VDB));
        assertThat(story.only(CheckpointFailed.class).code()).isEqualTo(FailureCode.NOTHING_TO_DO);
    }

    @Test
    void a_failed_checkpoints_bitmap_that_appears_later_breaks_the_chain() {
        Story story = chain(A).create(B);
        story.refused(story.expected(), FailureCode.QEMU_REFUSED).then(CheckpointFailed.class);
        story.look(story.expected().takenOver(VDA, B));
        assertThat(story.only(ChainBroken.class)).satisfies(broken -> {
            assertThat(broken.cause()).isEqualTo(BreakCause.DELETED_BITMAP_REAPPEARED);
            assertThat(broken.checkpoints()).containsExactly(A, B);
        });
    }

    @Test
    void the_only_the_first_the_middle_and_the_last_are_deleted() {
        Story only = chain(A).delete(A);
        only.done(only.expected().without(VDA, A).without(VDB, A)).then(CheckpointDeleted.class);
        assertThat(only.chainOf(VDA)).isEmpty();
        Story first = chain(A, B).delete(A);
        first.done(first.expected().without(VDA, A).without(VDB, A)).then(CheckpointDeleted.class);
        assertThat(first.chainOf(VDA)).containsExactly(B);
        Story middle = chain(A, B, C).delete(B);
        middle.done(middle.expected().without(VDA, B).without(VDB, B)).then(CheckpointDeleted.class);
        assertThat(middle.chainOf(VDA)).containsExactly(A, C);
        Story last = chain(A, B).delete(B);
        last.done(last.expected()
                        .without(VDA, B)
                        .without(VDB, B)
                        .recording(VDA, A, true)
                        .recording(VDB, A, true))
                .then(CheckpointDeleted.class);
        assertThat(last.chainOf(VDA)).containsExactly(A);
    }

    @Test
    void the_reply_to_the_deletion_was_lost() {
        Story middle = chain(A, B, C).delete(B);
        middle.doubtful(middle.expected().without(VDA, B).without(VDB, B)).then(CheckpointDeleted.class);
        assertThat(middle.chainOf(VDA)).containsExactly(A, C);
        Story first = chain(A, B).delete(A);
        first.look(first.expected().without(VDA, A).without(VDB, A)).then(CheckpointDeleted.class);
        assertThat(first.chainOf(VDA)).containsExactly(B);
        Story last = chain(A, B).delete(B);
        last.doubtful(last.expected()
                        .without(VDA, B)
                        .without(VDB, B)
                        .recording(VDA, A, true)
                        .recording(VDB, A, true))
                .then(CheckpointDeleted.class);
        assertThat(last.chainOf(VDA)).containsExactly(A);
    }

    @Test
    void a_bitmap_that_nobody_says_to_have_merged_spoils_the_older_ones() {
        Story silent = chain(A, B, C).delete(B);
        silent.look(silent.expected().without(VDA, B).without(VDB, B))
                .concluded(ChainBroken.class, ChainBroken.class, CheckpointDeleted.class);
        assertThat(silent.chainOf(VDA)).containsExactly(C);
        assertThat(silent.now().disk(VDA).orElseThrow().unwanted()).containsExactly(A);
        Story refused = chain(A, B, C).delete(B);
        refused.refused(refused.expected().without(VDA, B).without(VDB, B), FailureCode.QEMU_REFUSED)
                .concluded(ChainBroken.class, ChainBroken.class, CheckpointDeleted.class);
        assertThat(refused.chainOf(VDB)).containsExactly(C);
    }

    @Test
    void the_last_was_removed_by_somebody_who_did_not_enable_the_previous() {
        Story story = chain(A, B).delete(B);
        story.done(story.expected().without(VDA, B).without(VDB, B))
                .concluded(ChainBroken.class, ChainBroken.class, CheckpointDeleted.class);
        assertThat(story.chainOf(VDA)).isEmpty();
    }

    @Test
    void the_deletion_was_never_executed() {
        Story story = chain(A, B).delete(A);
        story.look(story.expected()).thenNothing();
        story.done(story.expected()).then(OperationInDoubt.class);
        story.refused(story.expected(), FailureCode.QEMU_REFUSED).then(CheckpointDeletionFailed.class);
        assertThat(story.now().checkpoint(A)).get().returns(Checkpoint.State.CREATED, Checkpoint::state);
        assertThat(story.chainOf(VDA)).containsExactly(A, B);
        assertThat(story.now().pending()).isEmpty();
    }

    @Test
    void the_bitmap_to_be_deleted_vanished_from_one_disk_only() {
        Story story = chain(A, B).delete(A);
        story.look(story.expected().without(VDA, A)).concluded(ChainBroken.class);
        assertThat(story.only(ChainBroken.class)).satisfies(broken -> {
            assertThat(broken.cause()).isEqualTo(BreakCause.CHECKPOINT_PARTIAL);
            assertThat(broken.disk()).isEqualTo(VDA);
            assertThat(broken.checkpoints()).containsExactly(A, B);
        });
        assertThat(story.chainOf(VDB)).containsExactly(A, B);
        story.done(story.expected().without(VDB, A)).concluded(CheckpointDeleted.class);
    }

    @Test
    void all_bitmaps_died_with_qemu_while_one_was_being_deleted() {
        Story story = chain(A, B, C).delete(B);
        Look dead = story.expected();
        for (var checkpoint : List.of(A, B, C)) {
            dead.without(VDA, checkpoint).without(VDB, checkpoint);
        }
        story.look(dead).then(ChainBroken.class, ChainBroken.class, CheckpointDeleted.class);
        assertThat(story.chainOf(VDA)).isEmpty();
        assertThat(story.now().checkpoints()).extracting(Checkpoint::id).containsExactly(A, C);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9_999})
    void a_machine_gone_for_less_than_ten_seconds_concludes_nothing(long milliseconds) {
        machine()
                .create(A)
                .report(new Sight.Unreachable("refused", true, milliseconds), Optional.empty())
                .thenNothing();
    }

    @Test
    void a_machine_gone_for_ten_seconds_ends_what_was_pending() {
        Story creation = machine().create(A).report(new Sight.Unreachable("gone", true, 10_000), Optional.empty());
        assertThat(creation.only(CheckpointFailed.class)).satisfies(failed -> {
            assertThat(failed.code()).isEqualTo(FailureCode.MACHINE_UNAVAILABLE);
            assertThat(failed.detail()).isEqualTo("gone");
        });
        chain(A).delete(A)
                .report(new Sight.Unreachable("gone", true, 20_000), Optional.empty())
                .then(CheckpointDeletionFailed.class);
        machine()
                .report(new Sight.Unreachable("gone", true, 20_000), Optional.empty())
                .thenNothing();
    }

    @Test
    void a_hung_monitor_says_nothing_about_qemu_for_five_minutes() {
        machine()
                .create(A)
                .report(new Sight.Unreachable("no greeting", false, 299_999), Optional.empty())
                .thenNothing();
        machine()
                .report(new Sight.Unreachable("no greeting", false, 3_600_000), Optional.empty())
                .thenNothing();
    }

    @Test
    void a_monitor_that_hangs_for_longer_ends_what_was_pending_and_says_what_nobody_knows() {
        Story creation =
                machine().create(A).report(new Sight.Unreachable("no greeting", false, 300_000), Optional.empty());
        assertThat(creation.only(CheckpointFailed.class)).satisfies(failed -> {
            assertThat(failed.code()).isEqualTo(FailureCode.MACHINE_UNAVAILABLE);
            assertThat(failed.detail()).contains("nobody knows").endsWith("no greeting");
        });
        assertThat(creation.now().pending()).isEmpty();
    }

    @Test
    void what_qemu_executes_after_its_time_breaks_the_chain() {
        // given a checkpoint and a deletion that were given up
        Story creation = chain(A).create(B);
        Sight.Observed late =
                creation.expected().takenOver(VDA, B).takenOver(VDB, B).seen();
        creation.report(new Sight.Unreachable("no greeting", false, 300_000), Optional.empty());
        Story deletion = chain(A, B).delete(B);
        deletion.report(new Sight.Unreachable("no greeting", false, 300_000), Optional.empty());
        // when they take effect all the same
        creation.report(late, Optional.empty());
        deletion.look(deletion.expected()
                .without(VDA, B)
                .without(VDB, B)
                .recording(VDA, A, true)
                .recording(VDB, A, true));
        // then nothing may be built on either
        assertThat(creation.outcome().stream()
                        .filter(ChainBroken.class::isInstance)
                        .map(event -> ((ChainBroken) event).cause()))
                .containsExactly(BreakCause.DELETED_BITMAP_REAPPEARED, BreakCause.DELETED_BITMAP_REAPPEARED);
        assertThat(creation.chainOf(VDA)).isEmpty();
        assertThat(deletion.outcome().stream()
                        .filter(ChainBroken.class::isInstance)
                        .map(event -> ((ChainBroken) event).cause()))
                .containsExactly(BreakCause.BITMAP_MISSING, BreakCause.BITMAP_MISSING);
        assertThat(deletion.chainOf(VDB)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"postmigrate", "inmigrate", "finish-migrate"})
    void a_migrating_source_concludes_nothing_healthy(String state) {
        Story story = chain(A).create(B);
        story.done(story.expected().takenOver(VDA, B).takenOver(VDB, B).state(state))
                .then(CheckpointFailed.class);
        assertThat(story.only(CheckpointFailed.class).code()).isEqualTo(FailureCode.UNSUPPORTED);
        Story idle = chain(A);
        idle.look(idle.expected().without(VDA, A).state(state)).thenNothing();
    }

    @Test
    void a_stale_look_is_not_concluded_from() {
        Story story = chain(A).create(B);
        Sight.Observed seen = story.expected().takenOver(VDA, B).seen();
        story.report(story.now().version() - 1, seen, Optional.of(new Outcome.Done(new Outcome.Evidence.Seen())))
                .thenNothing();
        story.report(story.now().version() + 1, seen, Optional.empty()).thenNothing();
    }

    @Test
    void a_report_told_twice_leads_to_nothing_the_second_time() {
        Story story = chain(A).create(B);
        RecordReport told = new RecordReport(
                Story.MACHINE,
                new Report(
                        Story.MACHINE,
                        story.now().version(),
                        story.expected().takenOver(VDA, B).takenOver(VDB, B).seen(),
                        List.of(new OperationResult(
                                story.pendingOperation(), new Outcome.Done(new Outcome.Evidence.Seen())))),
                AT);
        story.when(told).then(CheckpointCreated.class).when(told).thenNothing();
    }

    @Test
    void a_result_of_another_operation_is_not_taken_for_this_ones() {
        Story story = chain(A).create(B);
        OperationResult other =
                new OperationResult(story.newOperation(), new Outcome.Refused(FailureCode.QEMU_REFUSED, "no"));
        story.when(new RecordReport(
                        Story.MACHINE,
                        new Report(
                                Story.MACHINE,
                                story.now().version(),
                                story.expected().seen(),
                                List.of(other)),
                        AT))
                .thenNothing();
    }
}
