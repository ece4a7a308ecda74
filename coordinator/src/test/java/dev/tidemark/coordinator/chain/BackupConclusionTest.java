package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.C;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.SECOND_BACKUP;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static dev.tidemark.coordinator.chain.Story.chain;
import static dev.tidemark.coordinator.chain.Story.machine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupReplanned;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.TargetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What became of a backup, from the wish to the manifest. */
class BackupConclusionTest {
    private static final BackupRequest AUTOMATIC = new BackupRequest.Automatic();

    /** A full backup at checkpoint A lies in the repository; an incremental with checkpoint B is asked for. */
    private static Story incremental() {
        return machine().backedUp(BACKUP, NEAR, A).backup(SECOND_BACKUP, NEAR, AUTOMATIC, Optional.of(B));
    }

    private static Story incrementalWithoutCheckpoint() {
        return machine().backedUp(BACKUP, NEAR, A).backup(SECOND_BACKUP, NEAR, AUTOMATIC, Optional.empty());
    }

    private static List<BackupKind> kinds(List<DiskPlan> plans) {
        return plans.stream().map(DiskPlan::kind).toList();
    }

    private static DiskFacts underAnOverlay(DiskFacts facts) {
        return new DiskFacts(
                facts.name(),
                facts.node(),
                facts.format(),
                facts.virtualSize(),
                "/images/overlay.qcow2",
                facts.backingDepth() + 1,
                facts.persistentBitmaps());
    }

    private static DiskFacts bigger(DiskFacts facts) {
        return new DiskFacts(facts.name(), facts.node(), "qcow2", facts.virtualSize() + 512, facts.file(), 0, true);
    }

    private static Outcome refusal(FailureCode code, DiskName... disk) {
        return new Outcome.Refused(code, "the reason", List.of(disk).stream().findFirst());
    }

    @Test
    void a_backup_is_seen_starting_and_completes_with_its_manifest() {
        Story story = incremental();
        story.started(B).then(CheckpointCreated.class, BackupStarted.class);
        assertThat(((PushBackupOperation) story.desired().operation().orElseThrow()).started())
                .isTrue();
        story.look(story.expected().job(story.jobName())).thenNothing();
        BackupCompleted completed = story.stored().then(BackupCompleted.class).only(BackupCompleted.class);
        assertThat(completed.checkpoint()).contains(B);
        assertThat(completed.repository()).isEqualTo(NEAR);
        assertThat(story.now().pending()).isEmpty();
        assertThat(story.now().bases()).extracting(Base::checkpoint).containsExactly(A, B);
        assertThat(story.now().usedRepositories()).containsExactly(NEAR);
    }

    @Test
    void its_checkpoint_or_its_job_alone_shows_that_it_started() {
        Story job = incremental();
        job.look(job.expected().job(job.jobName())).then(BackupStarted.class);
        Story bitmap = incremental();
        bitmap.look(bitmap.expected().takenOver(VDA, B).takenOver(VDB, B))
                .then(CheckpointCreated.class, BackupStarted.class);
        Story stranger = incremental();
        stranger.look(stranger.expected().job("tm-" + Story.ulid(5) + "-vda")).concluded();
        Story useless = incremental();
        useless.look(useless.expected().takenOver(VDA, B).takenOver(VDB, B).recording(VDA, B, false))
                .concluded(CheckpointCreated.class, ChainBroken.class, BackupStarted.class, BackupFailed.class);
    }

    @Test
    void the_plan_follows_the_look_until_started() {
        Story story = incremental();
        story.look(story.expected().without(VDA, A)).then(ChainBroken.class, BackupReplanned.class);
        BackupReplanned replanned = story.only(BackupReplanned.class);
        assertThat(kinds(replanned.disks())).containsExactly(BackupKind.FULL, BackupKind.INCREMENTAL);
        assertThat(replanned.disks().getFirst().cause()).contains(FullCause.BITMAP_MISSING);
        story.look(story.expected()).thenNothing();
    }

    @Test
    void the_plan_is_fixed_once_started() {
        Story story = incremental();
        story.started(B);
        story.look(story.expected().without(VDA, A).without(VDA, B).job(story.jobName()))
                .then(ChainBroken.class);
        BackupCompleted completed = story.stored().only(BackupCompleted.class);
        assertThat(completed.disks()).allMatch(disk -> disk.kind() == BackupKind.INCREMENTAL);
        assertThat(story.now().bases().getLast().disks()).containsExactly(VDB);
    }

    @Test
    void evidence_that_is_found_spoilt_beside_the_first_sight_of_the_jobs_ends_the_backup() {
        Story story = incremental();
        story.look(story.expected()
                        .takenOver(VDA, B)
                        .takenOver(VDB, B)
                        .granularity(VDA, A, 4096)
                        .job(story.jobName()))
                .concluded(CheckpointCreated.class, ChainBroken.class, BackupStarted.class, BackupFailed.class);
        assertThat(story.only(BackupFailed.class).code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
        assertThat(story.now().bases()).extracting(Base::checkpoint).containsExactly(A);
    }

    /** Of two disks one alone is copied: what became of the other one's bitmap is nothing to it, and its own is all. */
    @Test
    void the_spoilt_bitmap_ends_a_backup_of_its_own_disk_and_of_no_other() {
        for (DiskName copied : List.of(VDA, VDB)) {
            Story story = machine().backedUp(BACKUP, NEAR, A);
            story.backup(SECOND_BACKUP, NEAR, AUTOMATIC, Optional.empty(), List.of(copied));
            assertThat(story.only(BackupRequested.class).disks())
                    .singleElement()
                    .returns(BackupKind.INCREMENTAL, DiskPlan::kind);
            Look spoilt =
                    story.expected().granularity(VDA, A, 4096).job("tm-" + story.pendingOperation() + "-" + copied);
            if (copied.equals(VDA)) {
                story.look(spoilt).concluded(ChainBroken.class, BackupStarted.class, BackupFailed.class);
                assertThat(story.only(BackupFailed.class).code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
            } else {
                story.look(spoilt).concluded(ChainBroken.class, BackupStarted.class);
            }
        }
    }

    @Test
    void a_layer_that_is_found_on_top_beside_the_first_sight_of_the_jobs_ends_a_full_backup_too() {
        Story story = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.of(A));
        story.look(story.expected()
                        .takenOver(VDA, A)
                        .takenOver(VDB, A)
                        .facts(VDA, BackupConclusionTest::underAnOverlay)
                        .without(VDA, A)
                        .job(story.jobName()))
                .concluded(MachineObserved.class, CheckpointCreated.class, BackupStarted.class, BackupFailed.class);
        assertThat(story.only(BackupFailed.class).code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
    }

    @Test
    void a_layer_that_is_put_on_top_once_the_backup_is_known_to_have_begun_does_not_end_it() {
        Story story = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.of(A));
        story.started(A);
        story.look(story.expected()
                .facts(VDA, BackupConclusionTest::underAnOverlay)
                .without(VDA, A)
                .job(story.jobName()));
        story.stored().only(BackupCompleted.class);
    }

    @Test
    void a_copy_that_went_to_files_is_not_the_one_that_was_to_go_to_targets() {
        BackupRequest request = new BackupRequest.Copy(Optional.of(List.of(
                new DiskTarget(VDA, new TargetAddress("/dev/vg/a")),
                new DiskTarget(VDB, new TargetAddress("/dev/vg/b")))));
        Story story = machine().backup(BACKUP, NEAR, request, Optional.empty(), List.of(VDA, VDB));
        story.look(story.expected().job(story.jobName()));
        story.stored().concluded(BackupFailed.class);
        assertThat(story.only(BackupFailed.class).code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
    }

    @Test
    void evidence_that_is_found_spoilt_when_the_backup_is_over_already_ends_it_too() {
        Story story = incremental();
        Look resized = story.expected().takenOver(VDA, B).takenOver(VDB, B).facts(VDA, BackupConclusionTest::bigger);
        story.report(resized.seen(), Optional.of(story.storedAsPlanned()))
                .concluded(MachineObserved.class, CheckpointCreated.class, ChainBroken.class, BackupFailed.class);
        assertThat(story.only(BackupFailed.class).code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
        assertThat(story.now().bases()).extracting(Base::backup).containsExactly(BACKUP);
    }

    @Test
    void a_disk_that_is_unplugged_while_it_is_copied_ends_the_backup_and_is_named() {
        Story story = incremental();
        story.started(B);
        story.look(story.expected().unplug(VDB).job(story.jobName()))
                .concluded(MachineObserved.class, ChainBroken.class, BackupFailed.class);
        assertThat(story.only(BackupFailed.class).code()).isEqualTo(FailureCode.CONFIGURATION_CHANGED);
        assertThat(story.only(BackupFailed.class).detail()).contains("vdb").contains("unplugged");
        assertThat(story.now().pending()).isEmpty();
        assertThat(story.now().bases()).extracting(Base::backup).containsExactly(BACKUP);
        // and vda, which stayed, has lost no bit
        assertThat(story.chainOf(VDA)).containsExactly(A, B);
    }

    @Test
    void a_disk_that_is_resized_while_it_is_copied_ends_the_backup_and_is_named() {
        Story story = chain(A).backup(BACKUP, NEAR, new BackupRequest.Full(), Optional.of(B));
        story.started(B);
        story.look(story.expected().facts(VDA, BackupConclusionTest::bigger).job(story.jobName()))
                .concluded(MachineObserved.class, ChainBroken.class, BackupFailed.class);
        assertThat(story.only(BackupFailed.class).detail()).contains("vda").contains("resized");
    }

    @Test
    void a_disk_that_changes_when_everything_is_copied_ends_nothing() {
        Story story = incremental();
        story.started(B);
        story.look(story.expected().unplug(VDB).concludedJob(story.jobName()))
                .concluded(MachineObserved.class, ChainBroken.class);
        story.stored().then(BackupCompleted.class);
        assertThat(story.now().bases().getLast().disks()).containsExactly(VDA);
    }

    @Test
    void a_new_disk_and_another_layer_do_not_end_a_backup_that_is_under_way() {
        Story story = incremental();
        story.started(B);
        DiskName added = new DiskName("vdc");
        story.look(story.expected()
                        .plug(Story.disk(added))
                        .facts(VDA, BackupConclusionTest::underAnOverlay)
                        .job(story.jobName()))
                .concluded(MachineObserved.class, ChainBroken.class);
        story.stored().then(BackupCompleted.class);
    }

    @Test
    void a_spoilt_chain_of_a_disk_that_is_copied_in_full_ends_nothing() {
        Story story = chain(A).backup(BACKUP, NEAR, new BackupRequest.Full(), Optional.of(B));
        story.look(story.expected()
                        .takenOver(VDA, B)
                        .takenOver(VDB, B)
                        .granularity(VDA, A, 4096)
                        .job(story.jobName()))
                .concluded(CheckpointCreated.class, ChainBroken.class, BackupStarted.class);
        story.stored().then(BackupCompleted.class);
    }

    @Test
    void a_quick_backup_completes_at_first_sight() {
        Story story = incremental();
        story.report(story.expected().takenOver(VDA, B).takenOver(VDB, B).seen(), Optional.of(story.storedAsPlanned()))
                .then(CheckpointCreated.class, BackupCompleted.class);
    }

    @Test
    void an_incremental_that_nobody_saw_start_is_not_completed_without_a_look() {
        Story story = incrementalWithoutCheckpoint();
        Outcome stored = story.storedAsPlanned();
        story.report(new Sight.NotTaken(), Optional.of(stored)).thenNothing();
        story.report(new Sight.Unreachable("gone", true, 1), Optional.of(stored))
                .thenNothing();
        story.report(story.expected().seen(), Optional.of(stored)).then(BackupCompleted.class);
    }

    @Test
    void a_full_backup_without_checkpoint_needs_no_look_to_complete() {
        machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.empty()).stored().then(BackupCompleted.class);
    }

    @Test
    void the_repositorys_word_waits_until_the_checkpoints_fate_is_settled() {
        Story story = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.of(A));
        story.report(new Sight.NotTaken(), Optional.of(story.storedAsPlanned())).thenNothing();
        story.report(new Sight.NotTaken(), Optional.of(refusal(FailureCode.JOB_FAILED)))
                .thenNothing();
        story.started(A);
        story.report(new Sight.NotTaken(), Optional.of(refusal(FailureCode.JOB_FAILED)))
                .then(BackupFailed.class);
    }

    @Test
    void without_a_look_a_lost_answer_is_a_doubt() {
        Story story = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.empty());
        story.report(new Sight.NotTaken(), Optional.of(new Outcome.Unknown("lost")))
                .then(OperationInDoubt.class);
        story.report(new Sight.NotTaken(), Optional.of(new Outcome.Unknown("lost")))
                .thenNothing();
        story.doubtful(story.expected()).thenNothing();
    }

    @Test
    void a_lost_answer_of_a_monitor_that_stays_silent_is_a_doubt_at_once_whatever_was_asked() {
        Outcome lost = new Outcome.Unknown("the transaction was sent and not answered");
        Sight silent = new Sight.Unreachable("no greeting", false, 10_000);
        for (Story story : List.of(chain(A).create(B), chain(A, B).delete(B), incremental())) {
            // when nobody can look whether QEMU did it
            story.report(silent, Optional.of(lost)).then(OperationInDoubt.class);
            // then the doubt is on record once, with its cause
            assertThat(story.only(OperationInDoubt.class).operation()).isEqualTo(story.pendingOperation());
            assertThat(story.only(OperationInDoubt.class).detail())
                    .isEqualTo("the transaction was sent and not answered");
            story.report(silent, Optional.of(lost)).thenNothing();
        }
    }

    @Test
    void a_doubt_while_nobody_can_look_ends_with_the_look_that_shows_the_effect() {
        Story story = incremental();
        story.report(new Sight.Unreachable("no greeting", false, 1), Optional.of(new Outcome.Unknown("lost")))
                .then(OperationInDoubt.class);
        story.look(story.expected().takenOver(VDA, B).takenOver(VDB, B).job(story.jobName()))
                .then(CheckpointCreated.class, BackupStarted.class);
        story.stored().then(BackupCompleted.class);
    }

    @Test
    void a_lost_answer_beside_a_look_that_shows_nothing_of_it_is_a_doubt_too() {
        Story story = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.empty());
        story.doubtful(story.expected()).then(OperationInDoubt.class);
        assertThat(story.only(OperationInDoubt.class).operation()).isEqualTo(story.pendingOperation());
        story.doubtful(story.expected()).thenNothing();
    }

    @Test
    void a_backup_completed_with_its_checkpoint_lost_is_no_base() {
        Story story = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.of(A));
        story.report(story.expected().seen(), Optional.of(story.storedAsPlanned()))
                .then(CheckpointFailed.class, BackupCompleted.class);
        assertThat(story.only(BackupCompleted.class).checkpoint()).isEmpty();
        assertThat(story.now().bases()).isEmpty();
        BackupRequested next =
                story.backup(SECOND_BACKUP, NEAR, AUTOMATIC, Optional.of(B)).only(BackupRequested.class);
        assertThat(next.disks()).allMatch(plan -> plan.cause().equals(Optional.of(FullCause.BITMAP_MISSING)));
    }

    @Test
    void what_lies_in_the_repository_must_be_what_was_planned() {
        Story story = incremental();
        Outcome old = story.storedAsPlanned();
        story.look(story.expected().without(VDA, A));
        story.report(story.expected().takenOver(VDA, B).takenOver(VDB, B).seen(), Optional.of(old))
                .concluded(CheckpointCreated.class, BackupFailed.class);
        assertThat(story.only(BackupFailed.class).code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
        Story foreign = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.empty());
        foreign.report(foreign.expected().seen(), Optional.of(new Outcome.Done(new Outcome.Evidence.Stored(List.of()))))
                .then(BackupFailed.class);
        Story evidence = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.empty());
        evidence.done(evidence.expected()).then(BackupFailed.class);
    }

    @Test
    void a_failed_backups_checkpoint_is_no_base_but_its_bits_stay_in_the_merge_list() {
        Story story = incremental();
        story.started(B);
        story.refused(story.expected(), FailureCode.JOB_FAILED).then(BackupFailed.class);
        story.backup(BACKUP, NEAR, AUTOMATIC, Optional.of(C));
        DiskPlan plan = story.only(BackupRequested.class).disks().getFirst();
        assertThat(plan.since()).contains(A);
        PushBackupOperation operation =
                (PushBackupOperation) story.desired().operation().orElseThrow();
        assertThat(operation.disks().getFirst().merge())
                .extracting(bitmap -> bitmap.checkpoint())
                .containsExactly(A, B);
        assertThat(operation.disks().getFirst().previous())
                .map(bitmap -> bitmap.checkpoint())
                .contains(B);
    }

    @Test
    void a_base_that_is_missing_in_the_repository_replans_only_that_disk() {
        Story story = incremental();
        story.report(story.expected().seen(), Optional.of(refusal(FailureCode.BASE_BACKUP_MISSING, VDB)))
                .then(BackupReplanned.class);
        List<DiskPlan> plans = story.only(BackupReplanned.class).disks();
        assertThat(kinds(plans)).containsExactly(BackupKind.INCREMENTAL, BackupKind.FULL);
        assertThat(plans.getLast().cause()).contains(FullCause.BASE_BACKUP_MISSING);
        assertThat(plans.getLast().detail()).isEqualTo("the reason");
        assertThat(story.now().bases().getFirst().disks()).containsExactly(VDA);
        story.look(story.expected()).thenNothing();
    }

    @Test
    void a_base_that_is_missing_without_a_disks_name_replans_every_incremental() {
        Story story = incremental();
        story.report(story.expected().seen(), Optional.of(refusal(FailureCode.BASE_BACKUP_MISSING)));
        assertThat(kinds(story.only(BackupReplanned.class).disks())).containsExactly(BackupKind.FULL, BackupKind.FULL);
        assertThat(story.now().bases()).isEmpty();
        story.report(story.expected().seen(), Optional.of(refusal(FailureCode.BASE_BACKUP_MISSING)))
                .then(CheckpointFailed.class, BackupFailed.class);
    }

    @Test
    void a_missing_base_for_a_disk_that_needs_none_ends_the_backup_instead_of_a_dance() {
        Story story = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.empty());
        story.report(story.expected().seen(), Optional.of(refusal(FailureCode.BASE_BACKUP_MISSING, VDA)))
                .then(BackupFailed.class);
    }

    @Test
    void a_demanded_incremental_whose_evidence_is_gone_requires_a_full_one() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.backup(SECOND_BACKUP, NEAR, new BackupRequest.Since(A), Optional.of(B));
        story.look(story.expected().without(VDA, A))
                .then(ChainBroken.class, CheckpointFailed.class, BackupFailed.class);
        assertThat(story.only(BackupFailed.class).code()).isEqualTo(FailureCode.FULL_REQUIRED);
        Story missing = machine().backedUp(BACKUP, NEAR, A);
        missing.backup(SECOND_BACKUP, NEAR, new BackupRequest.Since(A), Optional.empty());
        missing.report(missing.expected().seen(), Optional.of(refusal(FailureCode.BASE_BACKUP_MISSING, VDA)))
                .then(BackupFailed.class);
        assertThat(missing.only(BackupFailed.class).code()).isEqualTo(FailureCode.FULL_REQUIRED);
    }

    @Test
    void changed_evidence_replans_and_an_unexplained_refusal_ends_the_backup() {
        Story story = incremental();
        story.refused(story.expected().without(VDA, A), FailureCode.EVIDENCE_CHANGED)
                .then(ChainBroken.class, BackupReplanned.class);
        story.refused(story.expected(), FailureCode.EVIDENCE_CHANGED).then(CheckpointFailed.class, BackupFailed.class);
    }

    @Test
    void a_refusal_after_the_start_ends_the_backup_and_keeps_its_checkpoint() {
        Story story = incremental();
        story.started(B);
        story.refused(story.expected().without(VDA, A), FailureCode.EVIDENCE_CHANGED)
                .then(ChainBroken.class, BackupFailed.class);
        assertThat(story.now().checkpoint(B)).isPresent();
    }

    @Test
    void a_disk_that_left_before_the_start_is_planned_away_unless_it_was_named() {
        Story unnamed = incremental();
        unnamed.look(unnamed.expected().unplug(VDB));
        assertThat(unnamed.only(BackupReplanned.class).disks())
                .extracting(DiskPlan::disk)
                .containsExactly(VDA);
        Story named = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.empty(), List.of(VDB));
        named.look(named.expected().unplug(VDB));
        assertThat(named.only(BackupFailed.class).code()).isEqualTo(FailureCode.NOTHING_TO_DO);
    }

    @Test
    void a_disk_that_joined_before_the_start_is_planned_in() {
        DiskName added = new DiskName("vdc");
        Story story = incremental();
        story.look(story.expected().plug(Story.disk(added)));
        DiskPlan plan = story.only(BackupReplanned.class).disks().getLast();
        assertThat(plan.disk()).isEqualTo(added);
        assertThat(plan.cause()).contains(FullCause.DISK_ADDED);
    }

    @Test
    void an_abort_before_during_and_after_the_completion() {
        Story before = incremental().abort(SECOND_BACKUP);
        assertThat(((PushBackupOperation) before.desired().operation().orElseThrow()).abort())
                .isTrue();
        before.refused(before.expected(), FailureCode.ABORTED).then(CheckpointFailed.class, BackupAborted.class);
        assertThat(before.now().pending()).isEmpty();
        Story during = incremental();
        during.started(B).abort(SECOND_BACKUP);
        during.refused(during.expected(), FailureCode.ABORTED).then(BackupAborted.class);
        assertThat(during.now().checkpoint(B)).isPresent();
        Story after = incremental();
        after.started(B).abort(SECOND_BACKUP);
        after.stored().then(BackupCompleted.class);
        after.abort(SECOND_BACKUP).thenRejected(Rejection.NotRunning.class);
    }

    @Test
    void an_aborting_backup_whose_base_is_missing_ends_instead_of_hanging_for_ever() {
        Story story = incremental().abort(SECOND_BACKUP);
        story.report(story.expected().seen(), Optional.of(refusal(FailureCode.BASE_BACKUP_MISSING, VDA)))
                .then(CheckpointFailed.class, BackupAborted.class);
    }

    @Test
    void an_aborting_backup_is_not_replanned() {
        Story story = incremental().abort(SECOND_BACKUP);
        story.look(story.expected().without(VDA, A)).then(ChainBroken.class);
    }

    @Test
    void a_machine_that_is_gone_ends_the_backup() {
        Story story = incremental();
        story.report(new Sight.Unreachable("gone", true, 10_000), Optional.empty())
                .then(CheckpointFailed.class, BackupFailed.class);
        assertThat(story.only(BackupFailed.class).code()).isEqualTo(FailureCode.MACHINE_UNAVAILABLE);
        assertThat(story.only(BackupFailed.class).detail()).isEqualTo("gone");
        assertThat(story.only(BackupFailed.class).at()).isEqualTo(AT);
    }

    @Test
    void a_backup_that_completed_before_the_machine_went_is_completed() {
        Story story = incremental();
        story.started(B);
        story.report(new Sight.Unreachable("gone", true, 10_000), Optional.of(story.storedAsPlanned()))
                .then(BackupCompleted.class);
    }

    @Test
    void a_migrating_guest_ends_the_backup() {
        Story story = incremental();
        story.report(story.expected().state("postmigrate").seen(), Optional.of(story.storedAsPlanned()))
                .then(CheckpointFailed.class, BackupFailed.class);
    }

    @Test
    void a_checkpoint_that_failed_under_its_running_backup_is_not_tried_again() {
        Story story = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.of(A));
        story.look(story.expected().takenOver(VDA, A).recording(VDA, A, false).job(story.jobName()))
                .concluded(CheckpointFailed.class, ChainBroken.class, BackupStarted.class);
        PushBackupOperation operation =
                (PushBackupOperation) story.desired().operation().orElseThrow();
        assertThat(operation.checkpoint()).isEmpty();
        assertThat(operation.disks()).noneMatch(disk -> disk.tracked());
        story.stored().then(BackupCompleted.class);
        assertThat(story.now().bases()).isEmpty();
    }
}
