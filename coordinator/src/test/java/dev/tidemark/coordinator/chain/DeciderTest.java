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
import static dev.tidemark.coordinator.chain.Story.STRANGE;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static dev.tidemark.coordinator.chain.Story.chain;
import static dev.tidemark.coordinator.chain.Story.disk;
import static dev.tidemark.coordinator.chain.Story.machine;
import static dev.tidemark.coordinator.chain.Story.raw;
import static dev.tidemark.coordinator.chain.Story.registered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.ChangeBackupSpeed;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.DeleteCheckpoint;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RegisterMachine;
import dev.tidemark.schema.command.RemoveMachine;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupSpeedChanged;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.FormerMachine;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.TargetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DeciderTest {
    private static final OperationId OPERATION = new OperationId(Story.ulid(77));

    private static RegisterMachine register() {
        return new RegisterMachine(
                MACHINE, new MachineName("web"), new HostName("h1"), "/run/q", Optional.of("/run/g"), AT);
    }

    private static MachineCommand create(OperationId operation, CheckpointName name, DiskName... disks) {
        return new CreateCheckpoint(MACHINE, operation, C, name, List.of(disks), Optional.of("why"), AT);
    }

    private static StartBackup start(BackupMode mode, BackupRequest request, DiskName... disks) {
        return new StartBackup(
                MACHINE,
                OPERATION,
                BACKUP,
                NEAR,
                mode,
                request,
                Optional.of(new BackupCheckpoint(C, Story.name(C))),
                List.of(disks),
                OptionalLong.of(7),
                Optional.of(Compression.ZSTD),
                AT);
    }

    private static RestoreBackup restore(List<DiskName> selection, List<DiskName> held) {
        return new RestoreBackup(MACHINE, OPERATION, BACKUP, NEAR, selection, held, "/restore", RestoreFormat.RAW, AT);
    }

    @Test
    void a_machine_is_registered_once() {
        Story story = new Story().when(register()).then(MachineRegistered.class);
        assertThat(story.now().registered()).isTrue();
        assertThat(story.now().registration()).get().satisfies(found -> {
            assertThat(found.qmpSocket()).isEqualTo("/run/q");
            assertThat(found.qgaSocket()).contains("/run/g");
        });
        story.when(register()).thenRejected(Rejection.AlreadyRegistered.class);
    }

    @Test
    void an_unregistered_machine_takes_no_command() {
        Rejection.UnknownMachine rejection = new Story().create(A).thenRejected(Rejection.UnknownMachine.class);
        assertThat(rejection.machine()).isEqualTo(MACHINE);
        assertThat(DesiredState.of(Machine.unknown(MACHINE))).isEmpty();
    }

    @Test
    void a_removed_machine_takes_no_command_and_desires_nothing() {
        Story story = machine()
                .when(new RemoveMachine(MACHINE, OPERATION, false, false, AT))
                .then(MachineRemoved.class);
        assertThat(story.now().registered()).isFalse();
        assertThat(DesiredState.of(story.now())).isEmpty();
        story.create(A).thenRejected(Rejection.UnknownMachine.class);
        story.when(register()).thenRejected(Rejection.AlreadyRegistered.class);
    }

    @Test
    void a_removal_that_is_asked_again_is_accepted_and_changes_nothing() {
        RemoveMachine remove = new RemoveMachine(MACHINE, OPERATION, false, false, AT);
        machine().when(remove).then(MachineRemoved.class).when(remove).thenNothing();
    }

    @Test
    void a_machine_with_checkpoints_is_removed_only_if_its_bitmaps_may_stay() {
        Rejection.HasCheckpoints rejection = chain(A, B)
                .when(new RemoveMachine(MACHINE, OPERATION, false, false, AT))
                .thenRejected(Rejection.HasCheckpoints.class);
        assertThat(rejection.count()).isEqualTo(2);
        chain(A).when(new RemoveMachine(MACHINE, OPERATION, true, false, AT)).then(MachineRemoved.class);
    }

    @Test
    void a_machine_is_not_removed_under_a_running_operation() {
        machine()
                .create(A)
                .when(new RemoveMachine(MACHINE, OPERATION, true, false, AT))
                .thenRejected(Rejection.OtherOperation.class);
    }

    @Test
    void an_operator_may_let_a_pending_operation_go_with_its_machine_and_the_log_says_so() {
        Story story = machine().create(A);
        OperationId pending = story.pendingOperation();
        story.when(new RemoveMachine(MACHINE, story.newOperation(), true, true, AT));
        assertThat(story.only(MachineRemoved.class).abandoned()).contains(pending);
        assertThat(story.only(MachineRemoved.class).left().orElseThrow()).contains(pending.value(), "/run/web.qmp");
        assertThat(story.now().pending()).isEmpty();
        story = machine().when(new RemoveMachine(MACHINE, OPERATION, true, true, AT));
        assertThat(story.only(MachineRemoved.class).abandoned()).isEmpty();
        assertThat(story.only(MachineRemoved.class).left()).isEmpty();
    }

    @Test
    void what_a_removed_machine_left_in_qemu_is_put_away_by_the_one_that_is_registered_there_and_by_no_other() {
        // given
        Story former = machine().create(A);
        String left = "tm-tmp-" + former.pendingOperation();
        former.when(new RemoveMachine(MACHINE, former.newOperation(), true, true, AT));
        MachineId heir = new MachineId(Story.ulid(4711));
        // when
        Machine next =
                heir(heir, List.of(new FormerMachine(MACHINE, former.now().intents())));
        Machine other = heir(heir, List.of());
        // then
        Look look = Look.asExpected(next).plug(Story.disk(VDA)).put(VDA, left, Look.healthy(left, false));
        assertThat(DesiredState.after(next, look.seen()).orElseThrow().removable())
                .containsExactly(left);
        assertThat(DesiredState.of(next).orElseThrow().formers()).contains(List.of(MACHINE));
        assertThat(DesiredState.after(other, look.seen()).orElseThrow().removable())
                .isEmpty();
        assertThat(DesiredState.of(other).orElseThrow().formers()).isEmpty();
    }

    private static Machine heir(MachineId machine, List<FormerMachine> formers) {
        RegisterMachine register = new RegisterMachine(
                machine, new MachineName("web"), new HostName("h1"), "/run/q", Optional.empty(), formers, AT);
        if (!(Decider.decide(register, Machine.unknown(machine)) instanceof Decision.Accepted accepted)) {
            throw new AssertionError("rejected");
        }
        Machine now = Machine.unknown(machine);
        for (MachineEvent event : accepted.events()) {
            now = now.evolve(event);
        }
        return now;
    }

    @Test
    void an_intent_is_known_as_long_as_anything_of_it_may_be_left_in_qemu() {
        // given an operation that failed, and no effect of any other since
        Story story = machine();
        story.create(A);
        String left = "tm-tmp-" + story.pendingOperation();
        for (int count = 0; count < 300; count++) {
            story.report(new Sight.Unreachable("gone", true, 10_000), Optional.empty());
            story.create(new CheckpointId(Story.ulid(5000 + count)));
        }
        Look look = story.expected().put(VDA, left, Look.healthy(left, false));
        assertThat(DesiredState.after(story.now(), look.seen()).orElseThrow().removable())
                .containsExactly(left);
        // when others took effect, before each of which the gateway puts away what is left
        story.report(new Sight.Unreachable("gone", true, 10_000), Optional.empty());
        CheckpointId next = new CheckpointId(Story.ulid(6000));
        story.create(next).done(story.expected().takenOver(VDA, next).takenOver(VDB, next));
        // then it needs to be remembered no longer
        assertThat(story.now().intents()).hasSizeLessThan(100);
    }

    @Test
    void removing_a_machine_ends_its_errands() {
        Story story = machine().when(new VerifyBackup(MACHINE, OPERATION, BACKUP, NEAR, AT));
        story.when(new RemoveMachine(MACHINE, story.newOperation(), false, false, AT))
                .then(MachineRemoved.class);
        assertThat(story.now().errands()).isEmpty();
        assertThat(story.now().pending()).isEmpty();
    }

    @Test
    void a_checkpoint_is_requested_on_top_of_the_newest() {
        CheckpointRequested requested =
                chain(A).when(create(OPERATION, Story.name(C))).only(CheckpointRequested.class);
        assertThat(requested.parent()).contains(A);
        assertThat(requested.checkpoint()).isEqualTo(C);
        assertThat(requested.description()).contains("why");
    }

    @Test
    void the_same_creation_asked_again_is_accepted_and_changes_nothing() {
        MachineCommand create = create(OPERATION, Story.name(C));
        Story story = machine()
                .when(create)
                .then(CheckpointRequested.class)
                .when(create)
                .thenNothing();
        story.done(story.expected().takenOver(VDA, C).takenOver(VDB, C));
        story.when(create).thenNothing();
    }

    @Test
    void a_creation_is_rejected_on_a_machine_never_seen() {
        registered().create(A).thenRejected(Rejection.NeverSeen.class);
    }

    @Test
    void a_creation_waits_for_the_operation_before_it() {
        Story story = machine().create(A);
        OperationId first = story.pendingOperation();
        Rejection.OtherOperation rejection = story.create(B).thenRejected(Rejection.OtherOperation.class);
        assertThat(rejection.operation()).isEqualTo(first);
        assertThat(rejection.what()).contains("created");
    }

    @Test
    void a_live_checkpoints_name_is_taken_and_a_deleted_ones_is_free_again() {
        Story story = chain(A);
        assertThat(story.when(create(OPERATION, Story.name(A)))
                        .thenRejected(Rejection.NameTaken.class)
                        .name())
                .isEqualTo(Story.name(A));
        story.delete(A).done(story.expected().without(VDA, A).without(VDB, A));
        story.when(create(OPERATION, Story.name(A))).then(CheckpointRequested.class);
    }

    @Test
    void a_checkpoints_id_is_never_used_again() {
        chain(A).create(A).thenRejected(Rejection.IdentityReused.class);
        Story story = chain(A);
        story.delete(A).done(story.expected().without(VDA, A).without(VDB, A));
        story.create(A).thenRejected(Rejection.IdentityReused.class);
    }

    @Test
    void a_selection_names_present_disks_and_each_once() {
        DiskName absent = new DiskName("vdz");
        assertThat(machine()
                        .create(A, absent)
                        .thenRejected(Rejection.UnknownDisk.class)
                        .present())
                .containsExactlyInAnyOrder(VDA, VDB);
        assertThat(machine()
                        .create(A, VDA, VDA)
                        .thenRejected(Rejection.DiskNamedTwice.class)
                        .disk())
                .isEqualTo(VDA);
        Story unplugged = machine();
        unplugged.look(unplugged.expected().unplug(VDB));
        unplugged.create(A, VDB).thenRejected(Rejection.UnknownDisk.class);
        machine().create(A, VDA, VDB).then(CheckpointRequested.class);
    }

    @Test
    void a_disk_that_cannot_keep_a_bitmap_is_refused_by_name_and_left_out_unnamed() {
        Story story = registered();
        story.look(story.expected().plug(disk(VDA)).plug(raw(VDB)));
        assertThat(story.create(A, VDB)
                        .thenRejected(Rejection.NoBitmapSupport.class)
                        .format())
                .isEqualTo("raw");
        story.create(A).then(CheckpointRequested.class);
    }

    @Test
    void nothing_to_checkpoint() {
        Story raw = registered();
        raw.look(raw.expected().plug(raw(VDA)));
        raw.create(A).thenRejected(Rejection.NothingToDo.class);
        Story diskless = registered();
        diskless.look(diskless.expected());
        diskless.create(A).thenRejected(Rejection.NothingToDo.class);
    }

    @Test
    void a_deletion_is_requested_once() {
        DeleteCheckpoint delete = new DeleteCheckpoint(MACHINE, OPERATION, A, AT);
        Story story = chain(A, B).when(delete).then(CheckpointDeletionRequested.class);
        assertThat(story.now().checkpoint(A)).get().returns(Checkpoint.State.DELETING, Checkpoint::state);
        story.when(delete).thenNothing();
        assertThat(story.delete(B).thenRejected(Rejection.OtherOperation.class).what())
                .contains("deleted");
    }

    @Test
    void an_unknown_or_deleted_checkpoint_cannot_be_deleted() {
        assertThat(machine()
                        .delete(STRANGE)
                        .thenRejected(Rejection.UnknownCheckpoint.class)
                        .checkpoint())
                .isEqualTo(STRANGE);
    }

    @Test
    void a_checkpoint_of_broken_chains_is_deleted_without_touching_qemu() {
        Story story = chain(A);
        story.look(story.expected().without(VDA, A).without(VDB, A));
        story.delete(A).then(CheckpointDeletionRequested.class, CheckpointDeleted.class);
        assertThat(story.now().pending()).isEmpty();
        assertThat(story.now().checkpoints()).isEmpty();
        assertThat(story.now().retired()).containsExactly(A);
    }

    @Test
    void a_checkpoint_that_lives_on_one_disk_is_deleted_in_qemu() {
        Story story = chain(A);
        story.look(story.expected().without(VDA, A));
        story.delete(A).then(CheckpointDeletionRequested.class);
    }

    @Test
    void a_backup_is_requested_once() {
        StartBackup start = start(BackupMode.PUSH, new BackupRequest.Automatic());
        Story story = machine().when(start);
        BackupRequested requested = story.only(BackupRequested.class);
        assertThat(requested.disks()).hasSize(2);
        assertThat(requested.bytesPerSecondMax()).hasValue(7);
        assertThat(requested.compression()).contains(Compression.ZSTD);
        assertThat(requested.checkpoint()).isPresent();
        story.when(start).thenNothing();
        assertThat(story.create(A).thenRejected(Rejection.OtherOperation.class).what())
                .contains("running");
    }

    @Test
    void a_backup_is_rejected() {
        BackupRequest automatic = new BackupRequest.Automatic();
        machine().when(start(BackupMode.PULL, automatic)).thenRejected(Rejection.Unsupported.class);
        registered().when(start(BackupMode.PUSH, automatic)).thenRejected(Rejection.NeverSeen.class);
        machine().create(A).when(start(BackupMode.PUSH, automatic)).thenRejected(Rejection.OtherOperation.class);
        chain(C).when(start(BackupMode.PUSH, automatic)).thenRejected(Rejection.IdentityReused.class);
        machine().when(start(BackupMode.PUSH, automatic, VDA, VDA)).thenRejected(Rejection.DiskNamedTwice.class);
        machine()
                .when(start(BackupMode.PUSH, automatic, new DiskName("vdz")))
                .thenRejected(Rejection.UnknownDisk.class);
        Rejection.FullRequired full = chain(A).when(start(BackupMode.PUSH, new BackupRequest.Since(A)))
                .thenRejected(Rejection.FullRequired.class);
        assertThat(full.disk()).isEqualTo(VDA);
    }

    @Test
    void a_differential_at_whose_checkpoint_nothing_was_backed_up_is_rejected_with_what_would_be_possible() {
        Story story = machine().backedUp(SECOND_BACKUP, NEAR, A);
        story.create(B).done(story.expected().takenOver(VDA, B).takenOver(VDB, B));
        Rejection.NoBackupAtCheckpoint none = story.when(start(BackupMode.PUSH, new BackupRequest.Differential(B)))
                .thenRejected(Rejection.NoBackupAtCheckpoint.class);
        assertThat(none.detail()).contains(Story.name(B).value()).contains("near");
        assertThat(none.remedy()).contains(Story.name(A).value());
        story.when(start(BackupMode.PUSH, new BackupRequest.Differential(C)))
                .thenRejected(Rejection.UnknownCheckpoint.class);
        assertThat(chain(A).when(start(BackupMode.PUSH, new BackupRequest.Differential(A)))
                        .thenRejected(Rejection.NoBackupAtCheckpoint.class)
                        .remedy())
                .contains("full");
        story.when(start(BackupMode.PUSH, new BackupRequest.Differential(A))).then(BackupRequested.class);
    }

    @Test
    void a_backup_of_disks_without_bitmaps_has_no_checkpoint() {
        Story story = registered();
        story.look(story.expected().plug(raw(VDA)));
        BackupRequested requested = story.when(start(BackupMode.PUSH, new BackupRequest.Automatic()))
                .only(BackupRequested.class);
        assertThat(requested.checkpoint()).isEmpty();
    }

    @Test
    void only_the_running_backup_can_be_aborted_and_once() {
        Story story = machine().abort(BACKUP);
        assertThat(story.thenRejected(Rejection.NotRunning.class).backup()).isEqualTo(BACKUP.value());
        story.create(A).abort(BACKUP).thenRejected(Rejection.NotRunning.class);
        Story running = machine().backup(BACKUP, NEAR, new BackupRequest.Full(), Optional.empty());
        running.abort(SECOND_BACKUP).thenRejected(Rejection.NotRunning.class);
        AbortBackup abort = new AbortBackup(MACHINE, OPERATION, BACKUP, AT);
        running.when(abort).then(BackupAbortRequested.class).when(abort).thenNothing();
    }

    @Test
    void the_speed_of_the_running_backup_alone_can_be_changed_and_is_what_is_desired_from_then_on() {
        ChangeBackupSpeed faster = new ChangeBackupSpeed(MACHINE, OPERATION, BACKUP, OptionalLong.of(1 << 20), AT);
        machine().when(faster).thenRejected(Rejection.NotRunning.class);
        machine().create(A).when(faster).thenRejected(Rejection.NotRunning.class);
        machine()
                .backup(SECOND_BACKUP, NEAR, new BackupRequest.Full(), Optional.empty())
                .when(faster)
                .thenRejected(Rejection.NotRunning.class);
        Story running = machine().backup(BACKUP, NEAR, new BackupRequest.Full(), Optional.empty());
        running.when(faster).then(BackupSpeedChanged.class).when(faster).thenNothing();
        assertThat(((PushBackupOperation) running.desired().operation().orElseThrow()).bytesPerSecondMax())
                .hasValue(1 << 20);
        running.when(new ChangeBackupSpeed(MACHINE, running.newOperation(), BACKUP, OptionalLong.empty(), AT))
                .then(BackupSpeedChanged.class);
        assertThat(((PushBackupOperation) running.desired().operation().orElseThrow()).bytesPerSecondMax())
                .isEmpty();
    }

    @Test
    void a_verification_stands_in_nobodys_way() {
        VerifyBackup verify = new VerifyBackup(MACHINE, OPERATION, BACKUP, FAR, AT);
        Story story = machine().create(A).when(verify).then(VerificationRequested.class);
        assertThat(story.desired().repositoryOperations()).singleElement().satisfies(operation -> {
            assertThat(operation.repository()).isEqualTo(FAR);
            assertThat(operation.backup()).isEqualTo(BACKUP);
        });
        story.when(verify).thenNothing();
    }

    @Test
    void a_restore_takes_all_disks_or_those_named() {
        RestoreRequested all =
                machine().when(restore(List.of(), List.of(VDA, VDB))).only(RestoreRequested.class);
        assertThat(all.disks()).containsExactly(VDA, VDB);
        RestoreRequested one =
                machine().when(restore(List.of(VDB), List.of(VDA, VDB))).only(RestoreRequested.class);
        assertThat(one.disks()).containsExactly(VDB);
        machine()
                .when(restore(List.of(), List.of(VDA)))
                .when(restore(List.of(), List.of(VDA)))
                .thenNothing();
    }

    @Test
    void a_restore_does_not_go_where_a_backup_is_being_written() {
        DiskTarget target = new DiskTarget(VDA, new TargetAddress("/dev/vg/a"));
        BackupRequest copy = new BackupRequest.Copy(
                Optional.of(List.of(target, new DiskTarget(VDB, new TargetAddress("/dev/vg/b")))));
        RestoreBackup restore = new RestoreBackup(
                MACHINE,
                OPERATION,
                SECOND_BACKUP,
                NEAR,
                List.of(VDA),
                List.of(VDA),
                "",
                RestoreFormat.RAW,
                List.of(target),
                AT);
        assertThat(machine()
                        .backup(BACKUP, NEAR, copy, Optional.empty(), List.of(VDA, VDB))
                        .when(restore)
                        .thenRejected(Rejection.OtherOperation.class)
                        .detail())
                .contains("/dev/vg/a is being written by a backup");
        machine().when(restore).then(RestoreRequested.class);
    }

    @Test
    void a_restore_names_disks_that_the_backup_holds_and_each_once() {
        assertThat(machine()
                        .when(restore(List.of(VDB), List.of(VDA)))
                        .thenRejected(Rejection.UnknownDisk.class)
                        .present())
                .containsExactly(VDA);
        machine().when(restore(List.of(VDA, VDA), List.of(VDA))).thenRejected(Rejection.DiskNamedTwice.class);
    }

    @Test
    void a_report_about_another_machine_is_turned_down() {
        MachineId other = new MachineId(Story.ulid(2));
        Story story = chain(A);
        Look gone = story.expected().without(VDA, A);
        story.when(new RecordReport(MACHINE, new Report(other, story.now().version(), gone.seen(), List.of()), AT))
                .thenRejected(Rejection.UnknownMachine.class);
        story.when(new RecordReport(
                        MACHINE, new Report(MACHINE, story.now().version(), new Sight.NotTaken(), List.of()), AT))
                .thenNothing();
    }

    @Test
    void more_than_enough_operations_are_remembered_to_be_repeated() {
        Story story = machine();
        VerifyBackup first = new VerifyBackup(MACHINE, OPERATION, BACKUP, NEAR, AT);
        story.when(first);
        for (int count = 0; count < 127; count++) {
            story.when(new VerifyBackup(MACHINE, story.newOperation(), BACKUP, NEAR, AT));
        }
        story.when(first).thenNothing();
        assertThat(story.now().recent()).hasSize(128);
        story.when(new VerifyBackup(MACHINE, story.newOperation(), BACKUP, NEAR, AT));
        assertThat(story.now().recent()).hasSize(128).doesNotContain(OPERATION);
    }
}
