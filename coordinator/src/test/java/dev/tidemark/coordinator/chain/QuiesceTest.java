package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.MACHINE;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.contract.GuestReport;
import dev.tidemark.schema.contract.GuestReport.Freezing;
import dev.tidemark.schema.contract.GuestReport.Thawed;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.Consistency;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.GuestFreezeBegun;
import dev.tidemark.schema.event.GuestThawed;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the log says of a guest that is to be frozen: before, in between, and what that was worth. */
class QuiesceTest {
    private static final Moment EARLY = Moment.crashBecause("thawed early");

    @Test
    void whoever_wants_a_frozen_guest_gets_none_that_is_not() {
        Story.machine().when(quiesced(A)).thenRejected(Rejection.NoGuestAgent.class);
        Story.machine().when(quiescedBackup(Optional.of(A))).thenRejected(Rejection.NoGuestAgent.class);
    }

    @Test
    void the_intent_says_that_the_guest_is_to_be_frozen_and_only_if_it_is() {
        Story story = speaking().when(quiesced(A)).then(CheckpointRequested.class);
        assertThat(story.only(CheckpointRequested.class).quiesce()).contains(true);
        assertThat(story.desired().operation().orElseThrow().quiesce()).isTrue();
        assertThat(story.desired().frozenBy()).isEmpty();
        Story plain = speaking().create(A);
        assertThat(plain.only(CheckpointRequested.class).quiesce()).isEmpty();
        assertThat(plain.desired().operation().orElseThrow().quiesce()).isFalse();
    }

    @Test
    void a_freeze_is_written_down_before_it_begins_and_once() {
        Story story = speaking().when(quiesced(A));
        OperationId operation = story.pendingOperation();
        freezing(story, operation).then(GuestFreezeBegun.class);
        assertThat(story.desired().frozenBy()).contains(operation);
        freezing(story, operation).thenNothing();
    }

    @Test
    void no_freeze_is_written_down_for_an_operation_that_wants_none_or_is_over() {
        Story plain = speaking().create(A);
        freezing(plain, plain.pendingOperation()).thenNothing();
        Story over = speaking();
        freezing(over, over.newOperation()).thenNothing();
        Story begun = speaking().when(quiescedBackup(Optional.empty()));
        OperationId operation = begun.pendingOperation();
        begun.look(begun.expected().job(begun.jobName())).then(BackupStarted.class);
        freezing(begun, operation).thenNothing();
    }

    @Test
    void a_checkpoint_of_a_guest_that_was_frozen_throughout_says_so() {
        Story story = frozen(A);
        tell(story, taken(story, A), Optional.empty(), new Thawed(story.pendingOperation(), Moment.FROZEN))
                .then(GuestThawed.class, CheckpointCreated.class);
        CheckpointCreated created = story.only(CheckpointCreated.class);
        assertThat(created.consistency()).isEqualTo(Consistency.FILESYSTEM);
        assertThat(created.crashCause()).isEmpty();
        assertThat(story.desired().frozenBy()).isEmpty();
    }

    @Test
    void an_early_thaw_is_why_a_checkpoint_is_worth_less_than_was_asked_for() {
        Story story = frozen(A);
        tell(story, taken(story, A), Optional.empty(), new Thawed(story.pendingOperation(), EARLY));
        CheckpointCreated created = story.only(CheckpointCreated.class);
        assertThat(created.consistency()).isEqualTo(Consistency.CRASH);
        assertThat(created.crashCause()).contains("thawed early");
    }

    @Test
    void a_checkpoint_that_is_seen_before_its_guest_was_seen_thawed_promises_nothing_and_the_thaw_is_still_owed() {
        Story story = frozen(A);
        OperationId operation = story.pendingOperation();
        story.look(story.expected().takenOver(VDA, A).takenOver(VDB, A)).then(CheckpointCreated.class);
        assertThat(story.only(CheckpointCreated.class).crashCause().orElse("")).contains("nobody saw the guest thaw");
        assertThat(story.now().pending()).isEmpty();
        assertThat(story.desired().frozenBy()).contains(operation);
        // And nothing else is frozen meanwhile.
        story.when(quiesced(B));
        freezing(story, story.pendingOperation()).thenNothing();
        // What is told late makes nothing better, and what is told twice nothing at all.
        tell(story, new Sight.NotTaken(), Optional.empty(), new Thawed(operation, Moment.FROZEN))
                .then(GuestThawed.class);
        tell(story, new Sight.NotTaken(), Optional.empty(), new Thawed(operation, EARLY))
                .thenNothing();
        assertThat(story.desired().frozenBy()).isEmpty();
        freezing(story, story.pendingOperation()).then(GuestFreezeBegun.class);
    }

    @Test
    void a_later_freeze_is_worth_nothing_to_an_earlier_operation() {
        Story story = frozen(A);
        tell(story, taken(story, A), Optional.empty(), new Thawed(story.pendingOperation(), Moment.FROZEN));
        story.when(quiesced(B));
        story.look(story.expected().takenOver(VDA, B).takenOver(VDB, B)).then(CheckpointCreated.class);
        assertThat(story.only(CheckpointCreated.class).consistency()).isEqualTo(Consistency.CRASH);
    }

    @Test
    void what_was_done_to_the_guest_is_recorded_whatever_the_log_has_become_meanwhile() {
        Story story = frozen(A);
        OperationId operation = story.pendingOperation();
        story.when(new RecordReport(
                        MACHINE,
                        new Report(
                                MACHINE,
                                1,
                                story.expected().seen(),
                                List.of(),
                                Optional.of(new Thawed(operation, EARLY))),
                        AT))
                .then(GuestThawed.class);
    }

    @Test
    void a_thaw_is_no_evidence_with_which_a_refused_operation_could_be_tried_again() {
        Story story = frozen(A);
        tell(
                        story,
                        story.expected().seen(),
                        Optional.of(new Outcome.Refused(FailureCode.EVIDENCE_CHANGED, "it changes")),
                        new Thawed(story.pendingOperation(), EARLY))
                .then(GuestThawed.class, CheckpointFailed.class);
    }

    @Test
    void a_guest_that_we_left_frozen_is_told_in_other_words_and_anew_the_next_time() {
        Story story = frozen(A);
        OperationId operation = story.pendingOperation();
        story.report(story.expected().seen().withGuestFrozen(Optional.of(true)), Optional.empty());
        assertThat(story.only(DriftFound.class).detail()).contains("since operation " + operation);
        tell(
                        story,
                        story.expected().seen().withGuestFrozen(Optional.of(false)),
                        Optional.empty(),
                        new Thawed(operation, EARLY))
                .then(GuestThawed.class);
        story.report(story.expected().seen().withGuestFrozen(Optional.of(true)), Optional.empty());
        assertThat(story.only(DriftFound.class).detail()).contains("nobody in this log froze them");
    }

    @Test
    void a_backup_carries_what_its_moment_is_worth_from_its_start_to_its_end() {
        Story story = speaking().when(quiescedBackup(Optional.of(A))).then(BackupRequested.class);
        OperationId operation = story.pendingOperation();
        freezing(story, operation).then(GuestFreezeBegun.class);
        assertThat(operation(story).moment()).isEmpty();
        tell(
                        story,
                        story.expected()
                                .takenOver(VDA, A)
                                .takenOver(VDB, A)
                                .job(story.jobName())
                                .seen(),
                        Optional.empty(),
                        new Thawed(operation, Moment.FROZEN))
                .concluded(GuestThawed.class, CheckpointCreated.class, BackupStarted.class);
        assertThat(story.only(CheckpointCreated.class).consistency()).isEqualTo(Consistency.FILESYSTEM);
        assertThat(operation(story).moment()).contains(Moment.FROZEN);
        story.stored().then(BackupCompleted.class);
        assertThat(story.only(BackupCompleted.class).moment()).contains(Moment.FROZEN);
    }

    @Test
    void a_backup_of_which_nobody_asked_more_is_what_a_power_cut_leaves() {
        Story story = speaking().backedUp(BACKUP, NEAR, A);
        assertThat(story.only(BackupCompleted.class).moment()).contains(Moment.CRASH);
    }

    private static Story speaking() {
        Story story = new Story()
                .given(new MachineRegistered(
                        MACHINE, new MachineName("web"), new HostName("h1"), "/run/q", Optional.of("/run/g"), AT));
        return story.look(Look.asExpected(story.now()).plug(Story.disk(VDA)).plug(Story.disk(VDB)));
    }

    /** A checkpoint is asked for, and the log says that the guest may be frozen. */
    private static Story frozen(CheckpointId checkpoint) {
        Story story = speaking().when(quiesced(checkpoint));
        return freezing(story, story.pendingOperation());
    }

    private static CreateCheckpoint quiesced(CheckpointId checkpoint) {
        return new CreateCheckpoint(
                MACHINE,
                new OperationId(checkpoint.value()),
                checkpoint,
                Story.name(checkpoint),
                List.of(),
                Optional.empty(),
                true,
                AT);
    }

    private static StartBackup quiescedBackup(Optional<CheckpointId> checkpoint) {
        return new StartBackup(
                MACHINE,
                new OperationId(BACKUP.value()),
                BACKUP,
                NEAR,
                BackupMode.PUSH,
                new BackupRequest.Automatic(),
                checkpoint.map(id -> new BackupCheckpoint(id, Story.name(id))),
                List.of(),
                OptionalLong.empty(),
                Optional.empty(),
                true,
                Optional.empty(),
                Optional.empty(),
                AT);
    }

    private static Sight taken(Story story, CheckpointId checkpoint) {
        return story.expected()
                .takenOver(VDA, checkpoint)
                .takenOver(VDB, checkpoint)
                .seen();
    }

    private static PushBackupOperation operation(Story story) {
        return (PushBackupOperation) story.desired().operation().orElseThrow();
    }

    private static Story freezing(Story story, OperationId operation) {
        return tell(story, story.expected().seen(), Optional.empty(), new Freezing(operation));
    }

    private static Story tell(Story story, Sight sight, Optional<Outcome> outcome, GuestReport guest) {
        List<OperationResult> results = outcome.map(told -> new OperationResult(story.pendingOperation(), told))
                .map(List::of)
                .orElse(List.of());
        return story.when(new RecordReport(
                MACHINE, new Report(MACHINE, story.now().version(), sight, results, Optional.of(guest)), AT));
    }
}
