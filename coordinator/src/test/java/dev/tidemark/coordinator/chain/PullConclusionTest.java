package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.FAR;
import static dev.tidemark.coordinator.chain.Story.MACHINE;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.SECOND_BACKUP;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static dev.tidemark.coordinator.chain.Story.machine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.FinishBackup;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupFinishRequested;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.BackupReady;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of a backup that a client reads. */
class PullConclusionTest {

    private static Story ready() {
        Story story = machine().pull(BACKUP, NEAR, Optional.of(A));
        story.started(A).concluded(CheckpointCreated.class, BackupStarted.class);
        return story.exported(2).then(BackupReady.class);
    }

    private static List<DiskPlan> plan(Story story, RepositoryName repository, BackupMode mode) {
        return ((BackupPlanner.Planned.Plan)
                        BackupPlanner.plan(story.now(), repository, mode, new BackupRequest.Automatic(), List.of()))
                .disks();
    }

    private static PullBackupOperation asked(Story story) {
        return (PullBackupOperation) story.desired().operation().orElseThrow();
    }

    @Test
    void it_is_ready_when_every_export_was_seen_and_once() {
        Story story = ready();
        assertThat(asked(story).ready()).isTrue();
        assertThat(asked(story).started()).isTrue();
        story.exported(2).thenNothing();
    }

    @Test
    void exports_that_were_seen_at_the_first_look_are_a_start_too() {
        Story story = machine().pull(BACKUP, NEAR, Optional.empty());
        story.exported(2).then(BackupStarted.class, BackupReady.class);
    }

    @Test
    void a_word_without_all_exports_beside_it_is_not_believed() {
        Story story = machine().pull(BACKUP, NEAR, Optional.empty());
        story.exported(1);
        assertThat(story.only(BackupFailed.class).code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
    }

    @Test
    void it_is_pulled_when_its_client_says_so_and_the_look_shows_it_whole() {
        Story story = ready();
        story.finish(BACKUP).then(BackupFinishRequested.class);
        assertThat(asked(story).finish()).isTrue();
        BackupPulled pulled = story.done(story.served(2)).only(BackupPulled.class);
        assertThat(pulled.checkpoint()).contains(A);
        assertThat(pulled.disks()).containsExactly(VDA, VDB);
        assertThat(story.now().pending()).isEmpty();
    }

    @Test
    void what_was_read_while_a_job_or_an_export_was_missing_is_no_backup() {
        Story withoutExport = ready().finish(BACKUP);
        withoutExport.done(withoutExport.served(1));
        assertThat(withoutExport.only(BackupFailed.class).code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
        Story withoutJob = ready().finish(BACKUP);
        withoutJob.done(withoutJob
                .expected()
                .job("tm-" + withoutJob.pendingOperation() + "-0")
                .export("tm-" + withoutJob.pendingOperation() + "-0")
                .export("tm-" + withoutJob.pendingOperation() + "-1"));
        withoutJob.only(BackupFailed.class);
        assertThat(withoutJob.now().bases()).isEmpty();
    }

    @Test
    void what_was_read_while_its_bitmap_was_lost_is_whole_and_no_base() {
        Story story = machine().pull(BACKUP, NEAR, Optional.of(A));
        story.exported(2).concluded(BackupStarted.class, BackupReady.class);
        story.finish(BACKUP);
        story.done(story.served(2)).concluded(CheckpointFailed.class, BackupPulled.class);
        assertThat(story.only(CheckpointFailed.class).code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
        assertThat(story.only(BackupPulled.class).checkpoint()).isEmpty();
        assertThat(story.now().bases()).isEmpty();
    }

    @Test
    void nothing_is_pulled_without_a_look_or_before_the_client_says_so() {
        Story unseen = ready().finish(BACKUP);
        unseen.report(new Sight.NotTaken(), Optional.of(new Outcome.Done(new Outcome.Evidence.Seen())))
                .thenNothing();
        Story early = ready();
        early.done(early.served(2)).thenNothing();
    }

    @Test
    void only_one_that_is_ready_can_be_finished_and_once() {
        machine().finish(BACKUP).thenRejected(Rejection.NotReady.class);
        machine().pull(BACKUP, NEAR, Optional.empty()).finish(BACKUP).thenRejected(Rejection.NotReady.class);
        machine()
                .backup(BACKUP, NEAR, new BackupRequest.Full(), Optional.empty())
                .finish(BACKUP)
                .thenRejected(Rejection.NotReady.class);
        ready().finish(SECOND_BACKUP).thenRejected(Rejection.NotReady.class);
        ready().abort(BACKUP).finish(BACKUP).thenRejected(Rejection.NotReady.class);
        Story story = ready();
        FinishBackup finish = new FinishBackup(MACHINE, story.newOperation(), BACKUP, Story.AT);
        story.when(finish).then(BackupFinishRequested.class).when(finish).thenNothing();
    }

    @Test
    void one_that_ended_badly_is_told_with_its_cause() {
        Story full = ready();
        full.refused(full.served(0), FailureCode.SCRATCH_FULL);
        assertThat(full.only(BackupFailed.class).code()).isEqualTo(FailureCode.SCRATCH_FULL);
        Story aborted = ready().abort(BACKUP);
        aborted.refused(aborted.expected(), FailureCode.ABORTED).then(BackupAborted.class);
        assertThat(aborted.now().bases()).isEmpty();
    }

    @Test
    void what_was_pulled_is_a_base_for_pulls_to_that_repository_alone() {
        Story story = machine().pulled(BACKUP, NEAR, A);
        assertThat(plan(story, NEAR, BackupMode.PULL)).allSatisfy(plan -> {
            assertThat(plan.kind()).isEqualTo(BackupKind.INCREMENTAL);
            assertThat(plan.parent()).contains(BACKUP);
        });
        assertThat(plan(story, NEAR, BackupMode.PUSH)).allMatch(plan -> plan.kind() == BackupKind.FULL);
        assertThat(plan(story, FAR, BackupMode.PULL)).allMatch(plan -> plan.kind() == BackupKind.FULL);
    }

    @Test
    void each_stands_on_the_newest_of_its_own_kind() {
        Story story = machine().pulled(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, NEAR, B);
        assertThat(plan(story, NEAR, BackupMode.PULL))
                .allSatisfy(plan -> assertThat(plan.since()).contains(A));
        assertThat(plan(story, NEAR, BackupMode.PUSH))
                .allSatisfy(plan -> assertThat(plan.since()).contains(B));
    }

    @Test
    void a_differential_stands_on_what_was_pulled_at_its_checkpoint_and_on_no_push() {
        Story story = machine().pulled(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, NEAR, B);
        BackupRequest sincePull = new BackupRequest.Differential(A);
        BackupRequest sincePush = new BackupRequest.Differential(B);
        assertThat(BackupPlanner.withoutBase(story.now(), NEAR, BackupMode.PULL, sincePull))
                .isEmpty();
        assertThat(BackupPlanner.withoutBase(story.now(), NEAR, BackupMode.PULL, sincePush))
                .containsInstanceOf(Rejection.NoBackupAtCheckpoint.class);
        assertThat(BackupPlanner.withoutBase(story.now(), NEAR, BackupMode.PUSH, sincePull))
                .containsInstanceOf(Rejection.NoBackupAtCheckpoint.class);
        assertThat(((BackupPlanner.Planned.Plan)
                                BackupPlanner.plan(story.now(), NEAR, BackupMode.PULL, sincePull, List.of()))
                        .disks())
                .allSatisfy(plan -> assertThat(plan.parent()).contains(BACKUP));
    }
}
