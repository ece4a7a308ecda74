package dev.tidemark.coordinator.chain.history;

import dev.tidemark.coordinator.chain.Base;
import dev.tidemark.coordinator.chain.Decider;
import dev.tidemark.coordinator.chain.Decision;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupReplanned;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The log and the machine folded from it, with the checkers beside it. The core under test is called here only. */
final class Coordinator {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Sabotage sabotage;
    private final Map<RepositoryName, FakeRepository> repositories;
    private final Judge judge;
    private final List<MachineEvent> log = new ArrayList<>();
    private final List<MachineCommand> asked = new ArrayList<>();
    private Machine machine;

    Coordinator(MachineId id, Sabotage sabotage, Map<RepositoryName, FakeRepository> repositories, Judge judge) {
        this.sabotage = sabotage;
        this.repositories = repositories;
        this.judge = judge;
        machine = Machine.unknown(id);
    }

    Machine machine() {
        return machine;
    }

    List<MachineEvent> log() {
        return List.copyOf(log);
    }

    /** Every command, whatever became of it. */
    List<MachineCommand> asked() {
        return List.copyOf(asked);
    }

    /** The events that followed; empty also if the command was rejected. */
    List<MachineEvent> submit(MachineCommand command) {
        asked.add(command);
        Machine before = machine;
        Decision decision = Decider.decide(command, machine);
        if (!Decider.decide(command, before).equals(decision)) {
            throw new InvariantBroken(Checker.REPLAY, "two decisions on one history");
        }
        return switch (decision) {
            case Decision.Accepted(var events) -> {
                events.forEach(this::append);
                yield events;
            }
            case Decision.Rejected(Rejection.BackupNeeded needed)
            when sabotage == Sabotage.NEEDED_BACKUP_DELETED && command instanceof DeleteBackup delete -> {
                append(new BackupDeletionRequested(machine.id(), delete.operation(), needed.backup(), NOW));
                yield List.of();
            }
            case Decision.Rejected(var rejection) -> {
                if (rejection.detail().isBlank() || rejection.remedy().isBlank()) {
                    throw new AssertionError("a rejection without words: " + rejection);
                }
                yield List.of();
            }
        };
    }

    /** Hands a report over; {@code fresh} if nothing happened in QEMU since its look. */
    List<MachineEvent> report(Report report, boolean fresh) {
        boolean current = report.version() == machine.version();
        List<MachineEvent> events = submit(new RecordReport(machine.id(), report, NOW));
        if (fresh && current && report.sight() instanceof Sight.Observed) {
            judge.tracking(machine);
        }
        if (current
                && !events.isEmpty()
                && !submit(new RecordReport(machine.id(), report, NOW)).isEmpty()) {
            throw new InvariantBroken(Checker.REPLAY, "the same report led to something twice");
        }
        return events;
    }

    /** Everything but the log is forgotten. */
    void restart(boolean thoroughly) {
        machine = judge.replayed(machine, log, thoroughly);
    }

    private void append(MachineEvent event) {
        Machine before = machine;
        log.add(event);
        machine = sabotaged(before, event, machine.evolve(event));
        switch (event) {
            case BackupCompleted completed -> {
                judge.completed(completed);
                if (besideTheChains(before)) {
                    judge.besideTheChains(before, completed.backup(), machine);
                }
            }
            case BackupDeletionRequested requested -> judge.givenUp(requested.backup());
            case BackupRequested requested -> {
                judge.requested(requested);
                judge.planned(requested.disks());
            }
            case BackupReplanned replanned -> judge.planned(replanned.disks());
            default -> {}
        }
    }

    private static boolean besideTheChains(Machine before) {
        return before.pending().orElse(null) instanceof Pending.Backup backup
                && backup.request().leavesChainsAlone();
    }

    private Machine sabotaged(Machine before, MachineEvent event, Machine after) {
        if (sabotage == Sabotage.COPY_IS_A_BASE
                && event instanceof BackupCompleted completed
                && besideTheChains(before)
                && after.newestCheckpoint().isPresent()) {
            return withBase(
                    after,
                    completed.repository(),
                    after.newestCheckpoint().get().id());
        }
        if (sabotage == Sabotage.FAILED_BACKUP_IS_A_BASE
                && event instanceof BackupFailed
                && before.pending().orElse(null) instanceof Pending.Backup backup
                && backup.checkpoint().isPresent()) {
            return withBase(
                    after, backup.repository(), backup.checkpoint().get().id());
        }
        if (sabotage == Sabotage.BASE_FROM_ANOTHER_REPOSITORY
                && event instanceof BackupCompleted completed
                && completed.checkpoint().isPresent()) {
            Machine wrong = after;
            for (RepositoryName other : repositories.keySet()) {
                if (!other.equals(completed.repository())) {
                    wrong = withBase(wrong, other, completed.checkpoint().get());
                }
            }
            return wrong;
        }
        if (sabotage == Sabotage.DELETED_BACKUP_IS_A_BASE && event instanceof BackupDeletionRequested) {
            return with(after, before.bases(), after.retired());
        }
        if (sabotage == Sabotage.LIVE_STATE_FORGETS && event instanceof CheckpointFailed) {
            return with(after, after.bases(), List.of());
        }
        return after;
    }

    /** Makes the newest backup in the repository pass for one that was taken at the checkpoint. */
    private Machine withBase(Machine after, RepositoryName repository, CheckpointId checkpoint) {
        FakeRepository store = repositories.getOrDefault(repository, new FakeRepository());
        List<BackupId> backups = store.all();
        if (backups.isEmpty()) {
            return after;
        }
        BackupId newest = backups.getLast();
        List<DiskName> disks =
                store.disks(newest).stream().map(stored -> stored.plan().disk()).toList();
        List<Base> bases = new ArrayList<>(after.bases());
        bases.add(new Base(repository, BackupMode.PUSH, checkpoint, newest, disks, after.version()));
        return with(after, bases, after.retired());
    }

    private static Machine with(Machine machine, List<Base> bases, List<CheckpointId> retired) {
        return new Machine(
                machine.id(),
                machine.version(),
                machine.registration(),
                machine.removed(),
                machine.qemu(),
                machine.disks(),
                machine.checkpoints(),
                retired,
                bases,
                machine.lostBases(),
                machine.usedRepositories(),
                machine.stored(),
                machine.retention(),
                machine.pending(),
                machine.freeze(),
                machine.errands(),
                machine.told(),
                machine.recent(),
                machine.intents());
    }
}
