package dev.tidemark.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionFailed;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.ErrandAbortRequested;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.event.VerificationFailed;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.EventNames;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProjectionIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private final ReadModels models = new ReadModels(DATABASE);
    private final Queries queries = new Queries(DATABASE.application());

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        models.empty();
    }

    @Test
    void dropping_and_rebuilding_loses_nothing() throws SQLException {
        List<Story> stories = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
            stories.add(RandomStory.of(4711 + number, number));
        }
        Set<Class<? extends MachineEvent>> told = stories.stream()
                .flatMap(story -> story.told().stream())
                .map(event -> event.event().getClass())
                .collect(Collectors.toSet());
        assertThat(told)
                .as("every event type occurs")
                .containsExactlyInAnyOrderElementsOf(Set.copyOf(EventNames.all().values()));

        models.tell(stories.toArray(new Story[0]));
        Map<String, List<String>> first = models.rows();
        assertThat(first).allSatisfy((table, rows) -> assertThat(rows).as(table).isNotEmpty());

        models.empty();
        assertThat(models.rows().values()).allMatch(List::isEmpty);
        // Machines are independent of each other: the order among them must not matter.
        models.tell(stories.reversed().toArray(new Story[0]));
        assertThat(models.rows()).isEqualTo(first);

        // What begins an operation and what ends it may be committed together.
        models.empty();
        for (Story story : stories) {
            models.tellTogether(story);
        }
        assertThat(models.rows()).isEqualTo(first);
    }

    @Test
    void every_table_of_the_read_models_is_rebuilt() throws SQLException {
        // What is not told from the log: who serves a host, what gateways told besides, and what webhooks were sent.
        Stream<String> others = Stream.of(
                "dirty_hour",
                "flyway_schema_history",
                "gateway_lease",
                "job_place",
                "look_request",
                "machine_sight",
                "operation_progress",
                "webhook",
                "webhook_dead_letter");
        assertThat(Stream.concat(Projection.TABLES.stream(), others)).containsAll(models.tables());
    }

    @Test
    void registration_ends_when_the_machine_is_first_seen() throws SQLException {
        Story story = Story.registered(1, "vm1");
        OperationId registration = new OperationId(story.machine().value());
        models.tell(story);
        assertThat(operation(registration).state()).isEqualTo(OperationState.PENDING);
        assertThat(queries.machine(story.machine()).orElseThrow().pending()).isEqualTo(registration.value());

        told(story, story.observation(1));
        OperationView ended = operation(registration);
        assertThat(ended.state()).isEqualTo(OperationState.DONE);
        told(story, story.observation(2));
        assertThat(operation(registration)).isEqualTo(ended);
    }

    @Test
    void a_name_is_taken_until_its_machine_leaves() throws SQLException {
        Story first = Story.seen(1, "web");
        models.tell(first);
        assertThatThrownBy(() -> models.tell(Story.registered(2, "web"))).isInstanceOf(MachineNameTaken.class);
        told(first, new MachineRemoved(first.machine(), first.nextOperation(), first.now()));
        Story second = Story.registered(3, "web");
        models.tell(second);
        assertThat(queries.find("web").orElseThrow().id()).isEqualTo(second.machine());
        assertThat(queries.find(first.machine().value()).orElseThrow().removed())
                .isTrue();
    }

    @Test
    void a_key_starts_one_operation_only() throws SQLException {
        Map<String, String> metadata =
                new Circumstances(Optional.of("admin"), Optional.of("k"), Optional.of("h")).toMetadata();
        Story story = Story.seen(1, "vm1");
        CheckpointRequested requested = story.checkpointRequested("a", Optional.empty());
        Story.Told last = story.told().removeLast();
        story.tell(last.event(), metadata);
        models.tell(story);
        assertThat(queries.remembered("admin", "k")).contains(new Queries.Remembered("h", requested.operation()));
        assertThat(queries.remembered("other", "k")).isEmpty();

        Story again = Story.registered(2, "vm2");
        again.told().clear();
        again.tell(Story.registered(2, "vm2").told().getFirst().event(), metadata);
        assertThatThrownBy(() -> models.tell(again)).isInstanceOf(IdempotencyKeyTaken.class);
        assertThat(queries.find("vm2")).isEmpty();
    }

    @Test
    void an_abort_ends_with_the_backup() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested aborted = story.backupRequested(Optional.empty());
        story.started(aborted);
        OperationId inTime = story.abortRequested(aborted);
        story.aborted(aborted);
        BackupRequested completed = story.backupRequested(Optional.empty());
        story.started(completed);
        OperationId tooLate = story.abortRequested(completed);
        story.completed(completed);
        models.tell(story);

        assertThat(operation(inTime).state()).isEqualTo(OperationState.DONE);
        assertThat(operation(aborted.operation()).code()).isEqualTo("ABORTED");
        assertThat(queries.backup(aborted.backup()).orElseThrow().state()).isEqualTo("ABORTED");
        assertThat(operation(tooLate).state()).isEqualTo(OperationState.FAILED);
        assertThat(operation(tooLate).code()).isEqualTo("TOO_LATE");
        assertThat(operation(completed.operation()).state()).isEqualTo(OperationState.DONE);
    }

    @Test
    void a_changed_speed_is_done_at_once_and_shown() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested requested = story.backupRequested(Optional.empty());
        story.started(requested);
        OperationId slower = story.speedChanged(requested, OptionalLong.of(1 << 20));
        models.tell(story);

        assertThat(operation(slower).state()).isEqualTo(OperationState.DONE);
        assertThat(operation(slower).target()).isEqualTo(requested.backup().value());
        assertThat(operation(requested.operation()).state()).isEqualTo(OperationState.RUNNING);
        assertThat(queries.backup(requested.backup()).orElseThrow().bytesPerSecondMax())
                .isEqualTo(1 << 20);
    }

    @Test
    void a_deleted_backup_stays_for_those_that_ask_and_a_failed_deletion_changes_nothing() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested kept = story.backup(Optional.of("kept"));
        BackupRequested gone = story.backup(Optional.of("gone"));
        OperationId failing = story.backupDeletionRequested(kept);
        story.tell(new BackupDeletionFailed(
                story.machine(), failing, kept.backup(), FailureCode.REPOSITORY_FAILED, "not mounted", story.now()));
        OperationId deletion = story.backupDeletionRequested(gone);
        models.tell(story);
        assertThat(queries.backup(gone.backup()).orElseThrow().state()).isEqualTo("DELETING");
        assertThat(queries.newestCompleted(story.machine(), Optional.empty(), Optional.empty(), List.of())
                        .orElseThrow()
                        .id())
                .isEqualTo(kept.backup().value());
        int before = story.told().size();
        story.tell(new BackupDeleted(story.machine(), deletion, gone.backup(), 5, story.now()));
        models.tell(story.told().subList(before, story.told().size()));

        assertThat(operation(failing).code()).isEqualTo("REPOSITORY_FAILED");
        assertThat(operation(deletion).state()).isEqualTo(OperationState.DONE);
        assertThat(operation(deletion).result()).hasToString("{\"bytes\":5,\"backup\":\"" + gone.backup() + "\"}");
        assertThat(queries.backups(story.machine(), Optional.empty(), false))
                .extracting(BackupView::id)
                .containsExactly(kept.backup().value());
        assertThat(queries.backups(story.machine(), Optional.empty(), true))
                .extracting(BackupView::state)
                .containsExactly("COMPLETED", "DELETED");
    }

    @Test
    void a_legal_hold_is_shown_with_its_reason_and_whose_it_is_until_it_is_released() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested kept = story.backup(Optional.of("kept"));
        OperationId hold = story.nextOperation();
        story.tell(
                new BackupProtected(story.machine(), hold, kept.backup(), Optional.of("case 7"), story.now()),
                Map.of("caller", "auditor"));
        story.tell(new BackupProtected(
                story.machine(), story.nextOperation(), kept.backup(), Optional.empty(), story.now()));
        models.tell(story);
        BackupView held = queries.backup(kept.backup()).orElseThrow();
        assertThat(held.hold()).isEqualTo("case 7");
        assertThat(held.heldBy()).isEqualTo("auditor");
        assertThat(held.heldSince()).isNotNull();
        assertThat(held.isProtected()).isTrue();
        assertThat(operation(hold).state()).isEqualTo(OperationState.DONE);

        int before = story.told().size();
        story.tell(new BackupUnprotected(story.machine(), story.nextOperation(), kept.backup(), true, story.now()));
        models.tell(story.told().subList(before, story.told().size()));
        BackupView released = queries.backup(kept.backup()).orElseThrow();
        assertThat(released.hold()).isNull();
        assertThat(released.heldBy()).isNull();
        assertThat(released.isProtected()).isTrue();
    }

    @Test
    void what_the_moment_of_a_backup_is_worth_is_shown_with_why_it_is_not_more() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested frozen = story.backupRequested(Optional.empty());
        story.frozen(frozen.operation(), Moment.FROZEN);
        story.started(frozen);
        story.completed(frozen, Moment.FROZEN);
        BackupRequested early = story.backupRequested(Optional.empty());
        story.started(early);
        story.completed(early, Moment.crashBecause("thawed early"));
        models.tell(story);

        BackupView kept = queries.backup(frozen.backup()).orElseThrow();
        assertThat(kept.consistency()).isEqualTo("FILESYSTEM");
        assertThat(kept.crashCause()).isNull();
        BackupView thawed = queries.backup(early.backup()).orElseThrow();
        assertThat(thawed.consistency()).isEqualTo("CRASH");
        assertThat(thawed.crashCause()).isEqualTo("thawed early");
    }

    @Test
    void a_backup_shows_until_when_it_is_to_have_ended_if_it_has_to() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested requested = story.hurried();
        models.tell(story);
        assertThat(queries.backup(requested.backup()).orElseThrow().deadline())
                .isEqualTo(requested.deadline().orElseThrow());
    }

    @Test
    void a_pull_is_done_when_it_can_be_read_and_says_where_until_it_is_over() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested requested = story.pullRequested(Optional.of("nightly"));
        story.started(requested);
        story.ready(requested);
        models.tell(story);
        BackupView ready = queries.backup(requested.backup()).orElseThrow();
        assertThat(ready.state()).isEqualTo("READY");
        assertThat(ready.leaseUntil()).isNotNull();
        assertThat(ready.disks()).extracting(BackupView.Disk::uri).doesNotContainNull();
        assertThat(ready.disks().getFirst().dirtyContext()).isEqualTo("qemu:dirty-bitmap:t");
        assertThat(operation(requested.operation()).state()).isEqualTo(OperationState.DONE);
    }

    @Test
    void a_pull_that_is_over_is_served_nowhere_and_restored_from_nowhere() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested requested = story.pullRequested(Optional.of("nightly"));
        story.started(requested);
        story.ready(requested);
        OperationId finish = story.finishRequested(requested);
        story.pulled(requested);
        models.tell(story);
        BackupView over = queries.backup(requested.backup()).orElseThrow();
        assertThat(over.state()).isEqualTo("COMPLETED");
        assertThat(over.disks()).extracting(BackupView.Disk::uri).containsOnlyNulls();
        assertThat(operation(finish).state()).isEqualTo(OperationState.DONE);
        assertThat(queries.newestCompleted(story.machine(), Optional.empty(), Optional.empty(), List.of()))
                .isEmpty();
    }

    @Test
    void a_pull_that_failed_ends_the_wish_to_finish_it() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested requested = story.pullRequested(Optional.empty());
        story.started(requested);
        story.ready(requested);
        OperationId finish = story.finishRequested(requested);
        story.failed(requested);
        models.tell(story);
        BackupView over = queries.backup(requested.backup()).orElseThrow();
        assertThat(over.state()).isEqualTo("FAILED");
        assertThat(over.disks()).extracting(BackupView.Disk::uri).containsOnlyNulls();
        assertThat(operation(finish).code()).isEqualTo("JOB_FAILED");
        assertThat(operation(requested.operation()).state()).isEqualTo(OperationState.DONE);
    }

    @Test
    void a_lifted_speed_limit_is_shown_as_none() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested requested = story.backupRequested(Optional.empty());
        story.started(requested);
        story.speedChanged(requested, OptionalLong.of(1 << 20));
        story.speedChanged(requested, OptionalLong.empty());
        models.tell(story);
        assertThat(queries.backup(requested.backup()).orElseThrow().bytesPerSecondMax())
                .isNull();
    }

    @Test
    void a_backup_that_fails_before_its_start_takes_its_checkpoint_along() throws SQLException {
        Story story = Story.seen(1, "vm1");
        CheckpointId base = story.checkpoint("base", Optional.empty());
        BackupRequested requested = story.backupRequested(Optional.of("with-backup"));
        models.tell(story);
        CheckpointView pending =
                queries.checkpoint(story.machine(), "with-backup").orElseThrow();
        assertThat(pending.parent()).isEqualTo(base.value());

        story.failed(requested);
        last(story);
        assertThat(queries.checkpoint(story.machine(), "with-backup")).isEmpty();
        assertThat(queries.checkpoint(story.machine(), pending.id())
                        .orElseThrow()
                        .state())
                .isEqualTo("FAILED");
    }

    @Test
    void the_children_of_a_deleted_checkpoint_stand_on_its_parent() throws SQLException {
        Story story = Story.seen(1, "vm1");
        CheckpointId first = story.checkpoint("one", Optional.empty());
        CheckpointId second = story.checkpoint("two", Optional.of(first));
        story.checkpoint("three", Optional.of(second));
        OperationId deletion = story.nextOperation();
        story.tell(new CheckpointDeletionRequested(story.machine(), deletion, second, story.now()));
        story.tell(new CheckpointDeleted(story.machine(), deletion, second, story.now()));
        models.tell(story);
        assertThat(queries.checkpoints(story.machine(), false))
                .extracting(CheckpointView::name)
                .containsExactly("one", "three");
        assertThat(queries.checkpoint(story.machine(), "three").orElseThrow().parent())
                .isEqualTo(first.value());
        assertThat(queries.checkpoints(story.machine(), true)).hasSize(3);
    }

    @Test
    void a_removed_machine_leaves_nothing_pending() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested backup = story.backupRequested(Optional.of("cp"));
        OperationId removal = story.nextOperation();
        story.tell(new MachineRemoved(story.machine(), removal, story.now()));
        models.tell(story);
        assertThat(operation(removal).state()).isEqualTo(OperationState.DONE);
        assertThat(operation(backup.operation()).code()).isEqualTo("MACHINE_REMOVED");
        assertThat(queries.machine(story.machine())).isEmpty();
        assertThat(queries.backup(backup.backup()).orElseThrow().state()).isEqualTo("FAILED");
    }

    @Test
    void doubt_ends_when_the_outcome_is_seen() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested backup = story.backupRequested(Optional.empty());
        story.tell(new OperationInDoubt(story.machine(), backup.operation(), "lost", story.now()));
        models.tell(story);
        assertThat(operation(backup.operation()).state()).isEqualTo(OperationState.UNKNOWN);
        assertThat(operation(backup.operation()).remedy()).isNotNull();
        assertThat(queries.backup(backup.backup()).orElseThrow().state()).isEqualTo("UNKNOWN");
        int before = story.told().size();
        story.started(backup);
        story.completed(backup);
        models.tell(story.told().subList(before, story.told().size()));
        assertThat(operation(backup.operation()).error()).isNull();
        assertThat(operation(backup.operation()).events()).isEqualTo(4);
        assertThat(queries.backup(backup.backup()).orElseThrow().error()).isNull();
    }

    @Test
    void an_abort_ends_with_what_it_was_to_end_and_tells_if_it_came_too_late() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested backup = story.backup(Optional.empty());
        OperationId ended = story.nextOperation();
        OperationId abort = story.nextOperation();
        story.tell(new VerificationRequested(story.machine(), ended, backup.backup(), Story.REPOSITORY, story.now()));
        story.tell(new ErrandAbortRequested(story.machine(), abort, ended, story.now()));
        models.tell(story);
        assertThat(operation(abort).kind()).isEqualTo(OperationKind.ABORT_OPERATION);
        assertThat(operation(abort).state()).isEqualTo(OperationState.PENDING);
        int before = story.told().size();
        story.tell(new VerificationFailed(
                story.machine(), ended, backup.backup(), FailureCode.ABORTED, "on request", story.now()));
        OperationId whole = story.nextOperation();
        OperationId late = story.nextOperation();
        story.tell(new VerificationRequested(story.machine(), whole, backup.backup(), Story.REPOSITORY, story.now()));
        story.tell(new ErrandAbortRequested(story.machine(), late, whole, story.now()));
        story.tell(new BackupVerified(story.machine(), whole, backup.backup(), 5, story.now()));
        models.tell(story.told().subList(before, story.told().size()));
        assertThat(operation(ended).code()).isEqualTo("ABORTED");
        assertThat(operation(abort).state()).isEqualTo(OperationState.DONE);
        assertThat(operation(whole).state()).isEqualTo(OperationState.DONE);
        assertThat(operation(late).state()).isEqualTo(OperationState.FAILED);
        assertThat(operation(late).code()).isEqualTo("TOO_LATE");
    }

    @Test
    void the_newest_backup_is_the_newest_of_the_log_with_all_disks() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested first = story.backup(Optional.empty());
        BackupRequested second = story.backup(Optional.empty());
        OperationId verification = story.nextOperation();
        story.tell(new VerificationRequested(
                story.machine(), verification, second.backup(), Story.REPOSITORY, story.now()));
        story.tell(new BackupVerified(story.machine(), verification, second.backup(), 5, story.now()));
        models.tell(story);
        assertThat(newest(story, List.of())).isEqualTo(second.backup().value());
        assertThat(newest(story, List.of(Story.VDA, Story.VDB)))
                .isEqualTo(second.backup().value());
        assertThat(queries.newestCompleted(
                        story.machine(), Optional.empty(), Optional.empty(), List.of(new DiskName("vdz"))))
                .isEmpty();
        assertThat(queries.newestCompleted(
                                story.machine(),
                                Optional.of(Story.REPOSITORY),
                                Optional.ofNullable(queries.backup(first.backup())
                                        .orElseThrow()
                                        .completedAt()),
                                List.of())
                        .orElseThrow()
                        .id())
                .isEqualTo(first.backup().value());
        assertThat(queries.backupsBeginning(first.backup().value().substring(0, 10), Optional.empty()))
                .hasSize(2);
        assertThat(queries.backupsBeginning(first.backup().value(), Optional.empty()))
                .extracting(BackupView::id)
                .containsExactly(first.backup().value());
        assertThat(queries.ended(List.of(first.operation(), story.nextOperation())))
                .containsExactly(first.operation());
        assertThat(queries.operations(story.machine(), 2))
                .extracting(OperationView::kind)
                .containsExactly(OperationKind.BACKUP, OperationKind.VERIFY);
    }

    @Test
    void a_backup_that_was_over_at_first_sight_is_found_by_time_from_its_completion_on() throws SQLException {
        Story story = Story.seen(1, "vm1");
        BackupRequested seenAtWork = story.backup(Optional.empty());
        BackupRequested atFirstSight = story.backupRequested(Optional.empty());
        story.completed(atFirstSight);
        models.tell(story);
        BackupView quick = queries.backup(atFirstSight.backup()).orElseThrow();
        Instant completed = Objects.requireNonNull(quick.completedAt());
        Instant started = Objects.requireNonNull(
                queries.backup(seenAtWork.backup()).orElseThrow().startedAt());

        assertThat(quick.startedAt()).isNull();
        assertThat(at(story, completed)).contains(atFirstSight.backup().value());
        assertThat(at(story, completed.plusSeconds(3600)))
                .contains(atFirstSight.backup().value());
        // Its moment may lie behind these: the state that they ask for is the older backup's.
        assertThat(at(story, completed.minusNanos(1000)))
                .contains(seenAtWork.backup().value());
        assertThat(at(story, quick.requestedAt())).contains(seenAtWork.backup().value());
        assertThat(at(story, started)).contains(seenAtWork.backup().value());
        assertThat(at(story, started.minusNanos(1000))).isEmpty();
    }

    private Optional<String> at(Story story, Instant moment) {
        return queries.newestCompleted(story.machine(), Optional.empty(), Optional.of(moment), List.of())
                .map(BackupView::id);
    }

    private String newest(Story story, List<DiskName> disks) {
        return queries.newestCompleted(story.machine(), Optional.empty(), Optional.empty(), disks)
                .orElseThrow()
                .id();
    }

    private OperationView operation(OperationId operation) {
        return queries.operation(operation).orElseThrow();
    }

    private void told(Story story, MachineEvent event) throws SQLException {
        story.tell(event);
        last(story);
    }

    private void last(Story story) throws SQLException {
        models.tell(List.of(story.told().getLast()));
    }
}
