package dev.tidemark.coordinator.chain.history;

import dev.tidemark.coordinator.chain.Checkpoint;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.ChangeBackupSpeed;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.DeleteCheckpoint;
import dev.tidemark.schema.command.MergeBackup;
import dev.tidemark.schema.command.MergeReach;
import dev.tidemark.schema.command.RegisterMachine;
import dev.tidemark.schema.command.RemoveMachine;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.Ulid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** One random life of a machine. The seed decides everything. */
final class History {
    private static final int STEPS = 60;
    private static final int ROUNDS_TO_REST_MAX = 40;
    private static final RepositoryName NEAR = new RepositoryName("near");
    private static final RepositoryName FAR = new RepositoryName("far");

    private final Random dice;
    private final int faultPercent;
    private final boolean thorough;
    private final MachineId id;
    private final FakeQemu qemu = new FakeQemu();
    private final Map<RepositoryName, FakeRepository> repositories = new LinkedHashMap<>();
    private final Judge judge;
    private final Coordinator coordinator;
    private final TestGateway gateway;
    private final Strangers strangers;
    private final Sabotage sabotage;
    private final Map<FakeDisk, FakeDisk.Image> images = new LinkedHashMap<>();
    private boolean rolledBack;
    private long writes;
    private long ids;

    History(long seed, Sabotage sabotage, Set<Checker> checkers) {
        // Neighbouring seeds begin alike in java.util.Random: spread them, or all short runs are of one kind.
        dice = new Random(seed * 0x9E3779B97F4A7C15L);
        this.sabotage = sabotage;
        faultPercent = List.of(0, 3, 10, 25).get(dice.nextInt(4));
        thorough = dice.nextInt(20) == 0;
        id = new MachineId(ulid());
        repositories.put(NEAR, new FakeRepository());
        repositories.put(FAR, new FakeRepository());
        judge = new Judge(checkers, qemu, repositories);
        coordinator = new Coordinator(id, sabotage, repositories, judge);
        gateway = new TestGateway(qemu, repositories, coordinator, judge, dice, sabotage, this::write);
        strangers = new Strangers(qemu, dice);
        qemu.disks.add(new FakeDisk(new DiskName("vda"), true, 60));
        qemu.disks.add(new FakeDisk(new DiskName("vdb"), dice.nextInt(8) > 0, 48));
        qemu.started();
    }

    /** Lives it; gives back how many incremental backups of a disk were judged. */
    long live() {
        coordinator.submit(new RegisterMachine(
                id, new MachineName("web"), new HostName("host"), "/run/web.qmp", Optional.empty(), Coordinator.NOW));
        for (int step = 0; step < STEPS; step++) {
            if (dice.nextInt(100) < faultPercent) {
                fault();
            } else {
                ordinary();
            }
        }
        rest();
        for (RepositoryName repository : repositories.keySet()) {
            write();
            start(repository, new BackupRequest.Automatic());
            rest();
        }
        judge.everythingRestorable(coordinator.log());
        coordinator.restart(thorough);
        return judge.incrementals();
    }

    /** What was lived. */
    Life life() {
        return new Life(coordinator.asked(), coordinator.log());
    }

    private void ordinary() {
        switch (dice.nextInt(20)) {
            case 0, 1, 2 -> write();
            case 3, 4, 5, 6, 7, 8, 9 -> gateway.round(faultPercent, this::meanwhile);
            case 10 -> create();
            case 11 -> delete();
            case 12, 13, 14 -> start(anyRepository(), anyRequest());
            case 15, 16, 17 -> progress(dice.nextInt(100) < faultPercent + 5);
            case 18 -> other();
            default -> coordinator.restart(false);
        }
    }

    private void other() {
        switch (dice.nextInt(8)) {
            case 0 -> {
                changeSpeed();
                abort();
            }
            case 1 -> verify();
            case 2 -> restore();
            case 3 -> hotAdd();
            case 6 -> deleteBackup();
            case 7 -> {
                mergeBackup();
                deleteBackup();
            }
            case 4 -> remove();
            default -> restart(true);
        }
    }

    private void fault() {
        switch (dice.nextInt(12)) {
            case 0, 1 -> restart(true);
            case 2, 3 -> restart(false);
            case 4, 5, 6 -> strangers.meddle(beingDeleted(), beingCreated());
            case 7 -> anyDisk().resize(40 + dice.nextInt(25));
            case 8 -> anyDisk().overlay(sabotage == Sabotage.FILE_CHANGE_IGNORED);
            case 9 -> plug();
            case 10 -> vanish();
            default -> unreachable();
        }
    }

    private void unreachable() {
        switch (dice.nextInt(6)) {
            case 4 -> gateway.unreachable(false, 299_999);
            case 5 -> gateway.unreachable(false, 300_000);
            case 0 -> gateway.unreachable(true, 9_999);
            case 1 -> gateway.unreachable(true, 10_000);
            case 2 -> gateway.migrated();
            default -> gateway.deliverDelayed();
        }
    }

    /** What may happen between a look and an act, or between an act and the next look. */
    private void meanwhile() {
        if (dice.nextInt(3) == 0) {
            write();
        }
        if (dice.nextInt(100) < faultPercent) {
            switch (dice.nextInt(6)) {
                case 0 -> restart(true);
                case 1 -> restart(false);
                case 2 -> anyDisk().resize(40 + dice.nextInt(25));
                case 3 -> anyDisk().overlay(sabotage == Sabotage.FILE_CHANGE_IGNORED);
                case 4 -> plug();
                default -> strangers.meddleDetectably(beingDeleted(), beingCreated());
            }
        }
    }

    private void write() {
        for (FakeDisk disk : qemu.plugged()) {
            for (int count = dice.nextInt(3); count > 0; count--) {
                disk.write(dice.nextInt(disk.size), dice.nextInt(10) == 0 ? 0 : ++writes);
            }
        }
    }

    private void progress(boolean failing) {
        for (FakeQemu.Job job : qemu.jobs.values()) {
            if (!job.concluded) {
                job.concluded = true;
                job.failed = failing;
                if (failing) {
                    // What a failed job left behind is worth nothing.
                    job.disks.replaceAll(disk -> new StoredDisk(
                            disk.plan(), disk.size(), 0, disk.content(), disk.reallyTouched(), disk.evidenceLost()));
                }
            }
        }
    }

    /** Seldom, because nothing interesting happens afterwards. */
    private void remove() {
        if (dice.nextInt(20) == 0) {
            coordinator.submit(new RemoveMachine(id, operation(), false, false, Coordinator.NOW));
        }
    }

    private void restart(boolean clean) {
        qemu.restart(clean);
        for (FakeDisk disk : qemu.plugged()) {
            if (clean && dice.nextInt(3) == 0) {
                images.put(disk, disk.image());
            } else if (!rolledBack && dice.nextInt(100) < faultPercent) {
                // Once a history: a bitmap's name could otherwise be tried twice around a copy of its first try.
                Optional.ofNullable(images.get(disk)).ifPresent(image -> {
                    disk.rollBack(
                            image,
                            beingDeleted()
                                    .map(checkpoint -> BitmapName.of(checkpoint).value()));
                    rolledBack = true;
                });
            }
            if (dice.nextInt(100) < faultPercent) {
                disk.writeBehind(dice.nextInt(disk.size), ++writes);
            } else if (dice.nextInt(100) < faultPercent) {
                disk.unwatched();
            }
        }
        qemu.started();
    }

    private void plug() {
        FakeDisk disk = qemu.disks.get(dice.nextInt(qemu.disks.size()));
        if (disk.plugged && qemu.plugged().size() > 1 && qemu.jobs.isEmpty()) {
            disk.closeCleanly();
            disk.plugged = false;
        } else {
            disk.plugged = true;
        }
    }

    private void hotAdd() {
        if (qemu.disks.size() == 2) {
            FakeDisk added = new FakeDisk(new DiskName("vdc"), true, 44);
            added.untouchedSince.add(qemu.run());
            qemu.disks.add(added);
        }
    }

    private void vanish() {
        FakeRepository repository = Objects.requireNonNull(repositories.get(anyRepository()));
        List<BackupId> backups = repository.all();
        if (!backups.isEmpty()) {
            repository.vanish(backups.get(dice.nextInt(backups.size())));
        }
    }

    private void create() {
        coordinator.submit(new CreateCheckpoint(
                id,
                operation(),
                new CheckpointId(ulid()),
                new CheckpointName("c" + ids),
                anySelection(),
                Optional.empty(),
                Coordinator.NOW));
    }

    private void delete() {
        anyCheckpoint()
                .ifPresent(checkpoint ->
                        coordinator.submit(new DeleteCheckpoint(id, operation(), checkpoint, Coordinator.NOW)));
    }

    private void start(RepositoryName repository, BackupRequest request) {
        Optional<BackupCheckpoint> checkpoint = dice.nextInt(5) == 0
                ? Optional.empty()
                : Optional.of(new BackupCheckpoint(new CheckpointId(ulid()), new CheckpointName("b" + ids)));
        coordinator.submit(new StartBackup(
                id,
                operation(),
                new BackupId(ulid()),
                repository,
                BackupMode.PUSH,
                request,
                checkpoint,
                anySelection(),
                OptionalLong.empty(),
                Optional.empty(),
                Coordinator.NOW));
    }

    private void changeSpeed() {
        if (coordinator.machine().pending().orElse(null) instanceof Pending.Backup backup) {
            coordinator.submit(
                    new ChangeBackupSpeed(id, operation(), backup.backup(), OptionalLong.of(1 + ids), Coordinator.NOW));
        }
    }

    private void abort() {
        if (coordinator.machine().pending().orElse(null) instanceof Pending.Backup backup) {
            coordinator.submit(new AbortBackup(id, operation(), backup.backup(), Coordinator.NOW));
        }
    }

    private void verify() {
        RepositoryName repository = anyRepository();
        anyBackup(repository)
                .ifPresent(backup ->
                        coordinator.submit(new VerifyBackup(id, operation(), backup, repository, Coordinator.NOW)));
    }

    /** Now and then of several at once, in any order: those that others need are refused. */
    private void deleteBackup() {
        RepositoryName repository = anyRepository();
        for (int count = dice.nextInt(3); count >= 0; count--) {
            anyBackup(repository)
                    .ifPresent(
                            backup -> coordinator.submit(new DeleteBackup(id, operation(), backup, Coordinator.NOW)));
        }
    }

    /** With what it stands on, or with all of it; what cannot be merged now is refused. */
    private void mergeBackup() {
        anyBackup(anyRepository())
                .ifPresent(backup -> coordinator.submit(new MergeBackup(
                        id,
                        operation(),
                        backup,
                        dice.nextInt(3) == 0 ? MergeReach.ALL : MergeReach.PARENT,
                        Coordinator.NOW)));
    }

    private void restore() {
        RepositoryName repository = anyRepository();
        anyBackup(repository)
                .ifPresent(backup -> coordinator.submit(new RestoreBackup(
                        id,
                        operation(),
                        backup,
                        repository,
                        List.of(),
                        List.of(new DiskName("vda")),
                        "/restore",
                        RestoreFormat.RAW,
                        Coordinator.NOW)));
    }

    /** No faults any more: soon there is nothing left to do, and nothing left behind. */
    private void rest() {
        int quiet = 0;
        for (int round = 0; round < ROUNDS_TO_REST_MAX && quiet < 2; round++) {
            progress(false);
            long version = coordinator.machine().version();
            boolean busy = gateway.round(0, () -> {});
            quiet = busy || coordinator.machine().version() != version ? 0 : quiet + 1;
        }
        int rounds = quiet;
        judge.require(Checker.CONVERGENCE, rounds >= 2, () -> "no rest after " + ROUNDS_TO_REST_MAX + " rounds");
        if (coordinator.machine().registered()) {
            judge.atRest(coordinator.machine());
        }
    }

    private FakeDisk anyDisk() {
        List<FakeDisk> disks = qemu.plugged();
        return disks.get(dice.nextInt(disks.size()));
    }

    private RepositoryName anyRepository() {
        return dice.nextInt(3) > 0 ? NEAR : FAR;
    }

    private BackupRequest anyRequest() {
        return switch (dice.nextInt(13)) {
            case 0 -> new BackupRequest.Full();
            case 1 ->
                anyCheckpoint().<BackupRequest>map(BackupRequest.Since::new).orElseGet(BackupRequest.Automatic::new);
            case 2 -> new BackupRequest.Copy();
            case 3 ->
                anyCheckpoint()
                        .<BackupRequest>map(BackupRequest.Differential::new)
                        .orElseGet(BackupRequest.Copy::new);
            default -> new BackupRequest.Automatic();
        };
    }

    private List<DiskName> anySelection() {
        return dice.nextInt(6) > 0 ? List.of() : List.of(anyDisk().name);
    }

    private Optional<CheckpointId> anyCheckpoint() {
        List<Checkpoint> live = coordinator.machine().checkpoints();
        return live.isEmpty()
                ? Optional.empty()
                : Optional.of(live.get(dice.nextInt(live.size())).id());
    }

    private Optional<BackupId> anyBackup(RepositoryName repository) {
        List<BackupId> all =
                Objects.requireNonNull(repositories.get(repository)).all();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(dice.nextInt(all.size())));
    }

    private Optional<CheckpointId> beingDeleted() {
        return coordinator.machine().pending().orElse(null) instanceof Pending.Deletion deletion
                ? Optional.of(deletion.checkpoint())
                : Optional.empty();
    }

    private Optional<CheckpointId> beingCreated() {
        return switch (coordinator.machine().pending().orElse(null)) {
            case Pending.Creation creation -> Optional.of(creation.checkpoint());
            case Pending.Backup backup -> backup.checkpoint().map(BackupCheckpoint::id);
            case Pending.Deletion _ -> Optional.empty();
            case null -> Optional.empty();
        };
    }

    private OperationId operation() {
        // Now and then a repeat: it must be accepted and change nothing.
        Machine machine = coordinator.machine();
        return dice.nextInt(30) == 0 && !machine.recent().isEmpty()
                ? machine.recent().getLast()
                : new OperationId(ulid());
    }

    private String ulid() {
        return Ulid.encode(++ids, new byte[Ulid.RANDOMNESS_BYTES]);
    }
}
