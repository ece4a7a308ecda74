package dev.tidemark.coordinator.chain.history;

import dev.tidemark.coordinator.chain.BackupPlanner;
import dev.tidemark.coordinator.chain.Disk;
import dev.tidemark.coordinator.chain.Link;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.ledger.SnapshotJson;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.json.EventNames;
import dev.tidemark.schema.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The checkers. Each can be switched off, so that a sabotaged twin proves one of them at a time. */
final class Judge {
    private final Set<Checker> checkers;
    private final FakeQemu qemu;
    private final Map<RepositoryName, FakeRepository> repositories;
    private final Set<BackupId> givenUp = new HashSet<>();
    private final Set<BackupId> beside = new HashSet<>();
    private long incrementals;

    Judge(Set<Checker> checkers, FakeQemu qemu, Map<RepositoryName, FakeRepository> repositories) {
        this.checkers = Set.copyOf(checkers);
        this.qemu = qemu;
        this.repositories = repositories;
    }

    /** How many incremental disks were judged: a judge that saw none proves nothing. */
    long incrementals() {
        return incrementals;
    }

    void completed(BackupCompleted completed) {
        FakeRepository repository = Objects.requireNonNull(repositories.get(completed.repository()));
        if (!repository.holds(completed.backup())) {
            return; // somebody deleted it before its completion was told
        }
        for (CompletedDisk disk : completed.disks()) {
            StoredDisk stored = repository
                    .disk(completed.backup(), disk.disk())
                    .orElseThrow(() -> new InvariantBroken(Checker.RESTORE, "completed, but not stored: " + disk));
            if (stored.plan().kind() == BackupKind.INCREMENTAL) {
                incrementals++;
                incremental(completed, stored);
            }
        }
        restorable(repository, completed.backup());
    }

    /** Somebody wants it deleted: it may be gone at any moment. */
    void givenUp(BackupId backup) {
        givenUp.add(backup);
    }

    /** A copy or a differential asks for no bitmap. */
    void requested(BackupRequested requested) {
        require(
                Checker.BESIDE,
                !requested.request().leavesChainsAlone()
                        || requested.checkpoint().isEmpty(),
                () -> "a backup beside the chains makes a checkpoint: " + requested);
    }

    /** With a copy or a differential what follows is the same as without it. */
    void besideTheChains(Machine before, BackupId backup, Machine after) {
        beside.add(backup);
        require(
                Checker.BESIDE,
                before.disks().equals(after.disks())
                        && before.bases().equals(after.bases())
                        && before.lostBases().equals(after.lostBases()),
                () -> "backup " + backup + " changed a chain or what can be stood on");
        for (RepositoryName repository : repositories.keySet()) {
            BackupPlanner.Planned without =
                    BackupPlanner.plan(before, repository, BackupMode.PUSH, new BackupRequest.Automatic(), List.of());
            BackupPlanner.Planned with =
                    BackupPlanner.plan(after, repository, BackupMode.PUSH, new BackupRequest.Automatic(), List.of());
            require(Checker.BESIDE, with.equals(without), () -> "with backup " + backup + " the next one is " + with);
        }
    }

    /** Nothing is to stand on what is to go, nor on what stands beside the chains. */
    void planned(List<DiskPlan> disks) {
        for (DiskPlan plan : disks) {
            require(
                    Checker.BESIDE,
                    plan.parent().filter(beside::contains).isEmpty(),
                    () -> "planned on a copy or a differential: " + plan);
            require(
                    Checker.EVIDENCE,
                    plan.parent().filter(givenUp::contains).isEmpty(),
                    () -> "planned on a backup that is to be deleted: " + plan);
        }
    }

    private void incremental(BackupCompleted completed, StoredDisk stored) {
        require(
                Checker.EVIDENCE,
                !stored.evidenceLost(),
                () -> "incremental on lost evidence: " + stored.plan() + " in " + completed.backup());
        long within = stored.size() == FakeDisk.GRANULES_MAX ? -1L : (1L << stored.size()) - 1;
        require(
                Checker.COVERAGE,
                (stored.reallyTouched() & ~stored.mask() & within) == 0,
                () -> "changed granules are missing in " + completed.backup() + ": " + stored.plan());
    }

    /** Every backup that is still promised, not only the newest. */
    void everythingRestorable(List<MachineEvent> log) {
        for (MachineEvent event : log) {
            if (event instanceof BackupCompleted completed) {
                FakeRepository repository = Objects.requireNonNull(repositories.get(completed.repository()));
                require(
                        Checker.RESTORE,
                        givenUp.contains(completed.backup()) || !repository.isMissed(completed.backup()),
                        () -> "nobody wanted backup " + completed.backup() + " to go");
                restorable(repository, completed.backup());
            }
        }
    }

    private void restorable(FakeRepository repository, BackupId backup) {
        if (!repository.promised(backup)) {
            return;
        }
        for (StoredDisk stored : repository.disks(backup)) {
            DiskName disk = stored.plan().disk();
            boolean same = repository
                    .restore(backup, disk)
                    .map(restored -> restored.same(stored.content()))
                    .orElse(false);
            require(Checker.RESTORE, same, () -> "restore of " + disk + " at backup " + backup + " is wrong");
        }
    }

    /** Right after a look that the core has concluded from. */
    void tracking(Machine machine) {
        for (Disk disk : machine.presentDisks()) {
            FakeDisk real = qemu.disk(disk.name());
            long union = 0;
            for (Link link : disk.chain().reversed()) {
                String name = link.bitmap().value();
                FakeBitmap bitmap = real.bitmaps.get(name);
                union |= bitmap == null ? 0 : bitmap.bits;
                FakeDisk.Truth truth = real.truths.get(name);
                long held = union;
                require(
                        Checker.TRACKING,
                        bitmap != null && truth != null && !truth.lost && (truth.touched & ~held) == 0,
                        () -> "the chain of " + disk.name() + " passes for whole at " + name);
            }
        }
    }

    void removal(Machine machine, DiskName disk, String bitmap) {
        boolean needed = machine.disk(disk)
                .map(known -> known.chain().stream()
                        .anyMatch(link -> link.bitmap().value().equals(bitmap)))
                .orElse(false);
        require(Checker.SAFE_REMOVAL, !needed, () -> bitmap + " was removed from " + disk + ", and the chain needs it");
    }

    void atRest(Machine machine) {
        require(Checker.CONVERGENCE, machine.pending().isEmpty(), () -> "still pending: " + machine.pending());
        require(Checker.CONVERGENCE, machine.errands().isEmpty(), () -> "still open: " + machine.errands());
        require(Checker.CONVERGENCE, qemu.jobs.isEmpty(), () -> "jobs left: " + qemu.jobs.keySet());
        for (FakeDisk disk : qemu.plugged()) {
            List<String> wanted = machine.disk(disk.name).map(Disk::chain).orElse(List.of()).stream()
                    .map(link -> link.bitmap().value())
                    .toList();
            List<String> held = disk.bitmaps.keySet().stream()
                    .filter(name -> !name.startsWith(Strangers.PREFIX))
                    .toList();
            require(
                    Checker.CONVERGENCE,
                    Set.copyOf(wanted).equals(Set.copyOf(held)),
                    () -> disk.name + " should hold " + wanted + " and holds " + held);
            long recording = wanted.stream()
                    .filter(name -> Objects.requireNonNull(disk.bitmaps.get(name)).recording)
                    .count();
            require(
                    Checker.CONVERGENCE,
                    recording == Math.min(1, wanted.size()),
                    () -> recording + " bitmaps record on " + disk.name);
        }
    }

    void require(Checker checker, boolean holds, java.util.function.Supplier<String> message) {
        if (!holds && checkers.contains(checker)) {
            throw new InvariantBroken(checker, message.get());
        }
    }

    /** The machine as a fresh process would have it, from the log and from a snapshot. */
    Machine replayed(Machine live, List<MachineEvent> log, boolean thoroughly) {
        if (!checkers.contains(Checker.REPLAY)) {
            return live;
        }
        Machine folded = Machine.unknown(live.id());
        for (MachineEvent event : log) {
            MachineEvent read = event;
            if (thoroughly) {
                Class<? extends MachineEvent> type = EventNames.classOf(EventNames.nameOf(event.getClass()));
                read = Json.MAPPER.readValue(Json.MAPPER.writeValueAsBytes(event), type);
            }
            folded = folded.evolve(read);
        }
        require(Checker.REPLAY, folded.equals(live), () -> "the fold from zero is not the live state");
        if (thoroughly) {
            Machine snapshot =
                    SnapshotJson.MAPPER.readValue(SnapshotJson.MAPPER.writeValueAsBytes(live), Machine.class);
            require(Checker.REPLAY, snapshot.equals(live), () -> "a snapshot is not the live state");
        }
        return folded;
    }
}
