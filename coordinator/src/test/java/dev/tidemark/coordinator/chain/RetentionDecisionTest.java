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

import dev.tidemark.coordinator.chain.RetentionPlan.Kind;
import dev.tidemark.coordinator.chain.RetentionPlan.Reason;
import dev.tidemark.schema.command.ChangeRetention;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.OperationId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Policies in the log, deletions by them, and the checkpoints that are left without a purpose. */
class RetentionDecisionTest {
    private static final RetentionPolicy ONE = new RetentionPolicy(1, 0, 0, 0, 0);
    private static final BackupId THIRD = new BackupId(Story.ulid(23));

    /** Two full backups and what is asked of the older. */
    private static Story twoFull() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.backup(SECOND_BACKUP, NEAR, new BackupRequest.Full(), Optional.of(B));
        return story.started(B).stored();
    }

    private static Story change(Story story, RetentionPolicy... policy) {
        return story.when(new ChangeRetention(
                MACHINE,
                story.newOperation(),
                NEAR,
                policy.length == 0 ? Optional.empty() : Optional.of(policy[0]),
                AT));
    }

    private static DeleteBackup byPolicy(Story story, BackupId backup) {
        return new DeleteBackup(MACHINE, story.newOperation(), backup, true, AT);
    }

    private static RetentionPlan plan(Story story) {
        return RetentionPlanner.plan(story.now(), NEAR, ONE);
    }

    @Test
    void a_policy_is_known_until_it_is_changed_or_ended() {
        Story story = change(machine(), ONE).then(RetentionChanged.class);
        assertThat(story.now().retention(NEAR)).get().returns(ONE, Retention::policy);
        assertThat(story.now().retention(FAR)).isEmpty();
        RetentionPolicy other = new RetentionPolicy(0, 7, 0, 0, 0);
        change(story, other);
        assertThat(story.now().retention()).containsExactly(new Retention(NEAR, other));
        change(story).then(RetentionChanged.class);
        assertThat(story.now().retention()).isEmpty();
        change(story).thenRejected(Rejection.NoRetention.class);
    }

    @Test
    void the_same_change_asked_again_is_accepted_and_changes_nothing() {
        ChangeRetention change =
                new ChangeRetention(MACHINE, new OperationId(Story.ulid(700)), NEAR, Optional.of(ONE), AT);
        machine().when(change).when(change).thenNothing();
    }

    @Test
    void by_the_policy_only_that_goes_which_it_does_not_keep() {
        Story story = twoFull();
        story.when(byPolicy(story, BACKUP)).thenRejected(Rejection.NoRetention.class);
        change(story, ONE);
        Rejection.RetentionKeeps keeps =
                story.when(byPolicy(story, SECOND_BACKUP)).thenRejected(Rejection.RetentionKeeps.class);
        assertThat(keeps.reasons()).contains(new Reason(Kind.LAST, ""), new Reason(Kind.BASE, ""));
        assertThat(keeps.detail()).contains("NEWEST");
        story.when(byPolicy(story, BACKUP)).then(BackupDeletionRequested.class);
    }

    @Test
    void without_the_word_policy_it_does_not_matter() {
        Story story = change(twoFull(), ONE);
        story.when(new DeleteBackup(MACHINE, story.newOperation(), SECOND_BACKUP, AT))
                .then(BackupDeletionRequested.class);
    }

    @Test
    void the_base_of_the_next_incremental_stays_although_a_newer_one_is_no_base() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.backup(SECOND_BACKUP, NEAR, new BackupRequest.Full(), Optional.empty());
        story.look(story.expected().job(story.jobName())).stored();
        assertThat(plan(story).deletions()).isEmpty();
        assertThat(plan(story).entries().getFirst().reasons()).containsExactly(new Reason(Kind.BASE, ""));
    }

    @Test
    void what_an_operation_is_at_work_with_stays_for_now() {
        Story story = twoFull();
        OperationId reading = story.newOperation();
        story.when(new VerifyBackup(MACHINE, reading, BACKUP, NEAR, AT));
        assertThat(plan(story).deletions()).isEmpty();
        assertThat(plan(story).entries().getFirst().reasons())
                .containsExactly(new Reason(Kind.IN_USE, "operation " + reading));
    }

    @Test
    void what_is_going_is_not_planned_and_keeps_what_it_stands_on_until_it_has_gone() {
        Story story = machine().backedUp(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, NEAR, B);
        story.backup(THIRD, NEAR, new BackupRequest.Full(), Optional.of(C));
        story.started(C).stored();
        OperationId deletion = story.newOperation();
        story.when(new DeleteBackup(MACHINE, deletion, SECOND_BACKUP, AT));
        assertThat(plan(story).entries())
                .extracting(RetentionPlan.Entry::backup)
                .containsExactly(BACKUP, THIRD);
        assertThat(plan(story).deletions()).isEmpty();
        story.given(new BackupDeleted(MACHINE, deletion, SECOND_BACKUP, 1, AT));
        assertThat(plan(story).deletions()).containsExactly(BACKUP);
    }

    @Test
    void checkpoints_of_backups_that_go_go_too_and_no_others() {
        // given a checkpoint made by hand, whose bits only a person knows the use of
        Story story = twoFull();
        story.create(C).done(story.expected().takenOver(VDA, C).takenOver(VDB, C));
        assertThat(checkpoints(story)).containsExactly(A);
        // when its backup has gone
        OperationId deletion = story.newOperation();
        story.when(new DeleteBackup(MACHINE, deletion, BACKUP, AT))
                .given(new BackupDeleted(MACHINE, deletion, BACKUP, 1, AT));
        // then
        assertThat(checkpoints(story)).containsExactly(A);
        story.delete(A).done(story.expected().without(VDA, A).without(VDB, A));
        assertThat(checkpoints(story)).isEmpty();
        assertThat(story.now().bases()).extracting(Base::checkpoint).containsExactly(B);
    }

    @Test
    void a_failed_backups_checkpoint_goes_and_that_of_a_running_one_does_not() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.backup(SECOND_BACKUP, NEAR, new BackupRequest.Automatic(), Optional.of(B));
        story.started(B);
        assertThat(checkpoints(story)).isEmpty();
        story.abort(SECOND_BACKUP);
        story.refused(story.expected(), FailureCode.ABORTED);
        assertThat(story.now().pending()).isEmpty();
        assertThat(checkpoints(story)).containsExactly(B);
    }

    @Test
    void a_checkpoint_that_another_repository_needs_stays() {
        Story story = machine().backedUp(BACKUP, FAR, A).backedUp(SECOND_BACKUP, NEAR, B);
        assertThat(checkpoints(story)).isEmpty();
    }

    private static List<CheckpointId> checkpoints(Story story) {
        List<CheckpointId> checkpoints = plan(story).checkpoints();
        Set<CheckpointId> bases = Set.copyOf(story.now().bases().stream()
                .filter(base -> !plan(story).deletions().contains(base.backup()))
                .map(Base::checkpoint)
                .toList());
        assertThat(checkpoints)
                .doesNotContainAnyElementsOf(bases.isEmpty() ? Set.of(new CheckpointId(Story.ulid(9999))) : bases);
        return checkpoints;
    }
}
