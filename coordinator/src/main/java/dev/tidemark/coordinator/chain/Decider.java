package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.AbortErrand;
import dev.tidemark.schema.command.ChangeBackupSpeed;
import dev.tidemark.schema.command.ChangeRetention;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.DeleteCheckpoint;
import dev.tidemark.schema.command.EndRestoreExport;
import dev.tidemark.schema.command.ExportBackup;
import dev.tidemark.schema.command.FinishBackup;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.MergeBackup;
import dev.tidemark.schema.command.ProtectBackup;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RegisterMachine;
import dev.tidemark.schema.command.RemoveMachine;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.command.UnprotectBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupFinishRequested;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupSpeedChanged;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What follows from a command, given all that the log says. Pure: the same command on the same history gives the same
 * answer for ever. A command whose operation was accepted before is accepted again and changes nothing (invariant I8).
 */
public final class Decider {
    private Decider() {}

    /** Decides; changes nothing. */
    public static Decision decide(MachineCommand command, Machine machine) {
        if (command instanceof RegisterMachine register) {
            return register(register, machine);
        }
        if (command instanceof RemoveMachine remove && machine.did(remove.operation())) {
            return Decision.accepted();
        }
        if (!machine.registered()) {
            return Decision.rejected(new Rejection.UnknownMachine(command.machine()));
        }
        return switch (command) {
            case RegisterMachine register -> register(register, machine);
            case RemoveMachine remove -> remove(remove, machine);
            case CreateCheckpoint create -> create(create, machine);
            case DeleteCheckpoint delete -> delete(delete, machine);
            case StartBackup start -> start(start, machine);
            case AbortBackup abort -> abort(abort, machine);
            case ChangeBackupSpeed change -> changeSpeed(change, machine);
            case FinishBackup finish -> finish(finish, machine);
            case VerifyBackup verify -> RepositoryDecider.verify(verify, machine);
            case AbortErrand abort -> RepositoryDecider.abort(abort, machine);
            case RestoreBackup restore -> RepositoryDecider.restore(restore, machine);
            case ExportBackup export -> ExportDecider.export(export, machine);
            case EndRestoreExport end -> ExportDecider.end(end, machine);
            case DeleteBackup delete -> RepositoryDecider.delete(delete, machine);
            case MergeBackup merge -> RepositoryDecider.merge(merge, machine);
            case ChangeRetention change -> RetentionDecider.change(change, machine);
            case ProtectBackup protect -> RepositoryDecider.protect(protect, machine);
            case UnprotectBackup unprotect -> RepositoryDecider.unprotect(unprotect, machine);
            case RecordReport report -> record(report, machine);
        };
    }

    private static Decision register(RegisterMachine command, Machine machine) {
        if (machine.registration().isPresent()) {
            return Decision.rejected(new Rejection.AlreadyRegistered(command.machine()));
        }
        return Decision.accepted(new MachineRegistered(
                command.machine(),
                command.name(),
                command.host(),
                command.qmpSocket(),
                command.qgaSocket(),
                command.formers().isEmpty() ? Optional.empty() : Optional.of(command.formers()),
                command.askedAt()));
    }

    private static Decision remove(RemoveMachine command, Machine machine) {
        if (machine.pending().isPresent() && !command.abandon()) {
            return otherOperation(machine.pending().get());
        }
        if (!command.keepBitmaps() && !machine.checkpoints().isEmpty()) {
            return Decision.rejected(
                    new Rejection.HasCheckpoints(machine.checkpoints().size()));
        }
        return Decision.accepted(new MachineRemoved(
                command.machine(),
                command.operation(),
                machine.pending().map(Pending::operation),
                Remains.of(machine),
                command.askedAt()));
    }

    private static Decision create(CreateCheckpoint command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        Optional<Rejection> unfit = busy(machine)
                .or(() -> speechless(machine, command.quiesce()))
                .or(() -> Selection.check(machine, command.selection()))
                .or(() -> taken(machine, command.checkpoint(), command.name()));
        if (unfit.isPresent()) {
            return Decision.rejected(unfit.get());
        }
        for (DiskName named : command.selection()) {
            Optional<Disk> incapable =
                    machine.disk(named).filter(disk -> !disk.facts().persistentBitmaps());
            if (incapable.isPresent()) {
                return Decision.rejected(new Rejection.NoBitmapSupport(
                        named, incapable.get().facts().format()));
            }
        }
        if (Selection.trackable(machine, command.selection()).isEmpty()) {
            return Decision.rejected(new Rejection.NothingToDo("no disk of the machine can keep a dirty bitmap"));
        }
        return Decision.accepted(new CheckpointRequested(
                command.machine(),
                command.operation(),
                command.checkpoint(),
                command.name(),
                machine.newestCheckpoint().map(Checkpoint::id),
                command.selection(),
                command.description(),
                quiesce(command.quiesce()),
                command.askedAt()));
    }

    private static Decision delete(DeleteCheckpoint command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        Optional<Rejection> busy = busy(machine);
        if (busy.isPresent()) {
            return Decision.rejected(busy.get());
        }
        if (machine.checkpoint(command.checkpoint()).isEmpty()) {
            return Decision.rejected(new Rejection.UnknownCheckpoint(command.checkpoint()));
        }
        List<MachineEvent> events = new ArrayList<>();
        events.add(new CheckpointDeletionRequested(
                command.machine(), command.operation(), command.checkpoint(), command.askedAt()));
        boolean inNoChain = machine.disks().stream().allMatch(disk -> disk.indexOf(command.checkpoint()) < 0);
        if (inNoChain) {
            // Every chain it was part of is broken: QEMU holds nothing of it that the sweep does not remove anyway.
            events.add(new CheckpointDeleted(
                    command.machine(), command.operation(), command.checkpoint(), command.askedAt()));
        }
        return new Decision.Accepted(events);
    }

    private static Decision start(StartBackup command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        if ((command.mode() == BackupMode.PULL) != command.pull().isPresent()) {
            return Decision.rejected(
                    new Rejection.Unsupported("a pull backup needs its terms, and only a pull backup"));
        }
        if (command.pull().isPresent()
                && (command.bytesPerSecondMax().isPresent()
                        || command.compression().isPresent())) {
            return Decision.rejected(new Rejection.Unsupported(
                    "the client of a pull backup says how fast it reads and how it stores what it has read"));
        }
        if (!command.request().targetsOfDisks().isEmpty()
                && (command.mode() != BackupMode.PUSH || command.compression().isPresent())) {
            return Decision.rejected(new Rejection.Unsupported(
                    "what goes to targets is pushed, and is raw: it is neither pulled nor compressed"));
        }
        Optional<Rejection> unfit = busy(machine)
                .or(() -> speechless(machine, command.quiesce()))
                .or(() -> Targets.objection(machine, command.request().targetsOfDisks()))
                .or(() -> Targets.misfit(command.request(), command.selection()))
                .or(() -> BackupPlanner.withoutBase(machine, command.repository(), command.mode(), command.request()))
                .or(() ->
                        command.checkpoint().flatMap(checkpoint -> taken(machine, checkpoint.id(), checkpoint.name())));
        if (unfit.isPresent()) {
            return Decision.rejected(unfit.get());
        }
        return switch (BackupPlanner.plan(
                machine, command.repository(), command.mode(), command.request(), command.selection())) {
            case BackupPlanner.Planned.Impossible(Rejection rejection) -> Decision.rejected(rejection);
            case BackupPlanner.Planned.Plan(var disks) ->
                Decision.accepted(new BackupRequested(
                        command.machine(),
                        command.operation(),
                        command.backup(),
                        command.repository(),
                        command.mode(),
                        command.request(),
                        trackedCheckpoint(command, machine),
                        command.selection(),
                        disks,
                        command.bytesPerSecondMax(),
                        command.compression(),
                        quiesce(command.quiesce()),
                        command.pull(),
                        command.deadline(),
                        command.askedAt()));
        };
    }

    /** A checkpoint needs at least one disk that can keep its bitmap, and a backup that does not stand beside the chains. */
    private static Optional<BackupCheckpoint> trackedCheckpoint(StartBackup command, Machine machine) {
        boolean none = command.request().leavesChainsAlone()
                || Selection.trackable(machine, command.selection()).isEmpty();
        return none ? Optional.empty() : command.checkpoint();
    }

    private static Decision abort(AbortBackup command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        if (!isRunning(machine, command.backup())) {
            return Decision.rejected(new Rejection.NotRunning(command.backup().value()));
        }
        if (command.late() && !isLate(machine, command.askedAt())) {
            // Somebody else has ended it meanwhile.
            return Decision.accepted();
        }
        return Decision.accepted(new BackupAbortRequested(
                command.machine(),
                command.operation(),
                command.backup(),
                command.late() ? Optional.of(FailureCode.DEADLINE_PASSED) : Optional.empty(),
                command.askedAt()));
    }

    private static Decision changeSpeed(ChangeBackupSpeed command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        if (!isRunning(machine, command.backup())) {
            return Decision.rejected(new Rejection.NotRunning(command.backup().value()));
        }
        if (machine.pending().orElse(null) instanceof Pending.Backup running
                && running.pull().isPresent()) {
            return Decision.rejected(new Rejection.Unsupported("the client of a pull backup says how fast it reads"));
        }
        return Decision.accepted(new BackupSpeedChanged(
                command.machine(),
                command.operation(),
                command.backup(),
                command.bytesPerSecondMax(),
                command.askedAt()));
    }

    private static Decision finish(FinishBackup command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        if (!(machine.pending().orElse(null) instanceof Pending.Backup running)
                || !running.backup().equals(command.backup())
                || !running.isReady()
                || running.abort()) {
            return Decision.rejected(new Rejection.NotReady(command.backup().value()));
        }
        return Decision.accepted(
                new BackupFinishRequested(command.machine(), command.operation(), command.backup(), command.askedAt()));
    }

    private static boolean isLate(Machine machine, Instant now) {
        return machine.pending().orElse(null) instanceof Pending.Backup running && running.isLate(now);
    }

    private static boolean isRunning(Machine machine, BackupId backup) {
        return machine.pending().orElse(null) instanceof Pending.Backup running
                && running.backup().equals(backup);
    }

    /** What was seen of one machine says nothing about another, even if the versions happen to agree. */
    private static Decision record(RecordReport command, Machine machine) {
        return command.report().machine().equals(machine.id())
                ? new Decision.Accepted(Conclusion.of(machine, command.report(), command.askedAt()))
                : Decision.rejected(
                        new Rejection.UnknownMachine(command.report().machine()));
    }

    private static Optional<Rejection> busy(Machine machine) {
        return machine.pending()
                .map(pending -> new Rejection.OtherOperation(pending.operation(), pending.description()));
    }

    /** Whoever asks for a frozen guest does not want one that is not. */
    private static Optional<Rejection> speechless(Machine machine, boolean quiesce) {
        boolean speaks =
                machine.registration().flatMap(Machine.Registration::qgaSocket).isPresent();
        return quiesce && !speaks ? Optional.of(new Rejection.NoGuestAgent()) : Optional.empty();
    }

    /** Nothing is written down of a guest that is left alone. */
    private static Optional<Boolean> quiesce(boolean asked) {
        return asked ? Optional.of(true) : Optional.empty();
    }

    private static Decision otherOperation(Pending pending) {
        OperationId operation = pending.operation();
        return Decision.rejected(new Rejection.OtherOperation(operation, pending.description()));
    }

    private static Optional<Rejection> taken(Machine machine, CheckpointId id, CheckpointName name) {
        if (machine.knows(id)) {
            return Optional.of(new Rejection.IdentityReused("checkpoint id " + id));
        }
        return machine.checkpoint(name).map(live -> new Rejection.NameTaken(name));
    }
}
