package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.chain.Checkpoint;
import dev.tidemark.coordinator.chain.Decision;
import dev.tidemark.coordinator.chain.Errand;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.AbortErrand;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.DeleteCheckpoint;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.MergeBackup;
import dev.tidemark.schema.command.MergeReach;
import dev.tidemark.schema.command.RemoveMachine;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.Ulid;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Who asks for things, and asks again, under the same id, until there is an answer. */
final class Client {
    private static final int TRIES_MAX = 60;

    /** Nobody waits for a client that has gone away longer than the end of any story. */
    private static final long LEASE_SECONDS = 6;

    private final Simulation simulation;
    private long ids;

    Client(Simulation simulation) {
        this.simulation = simulation;
    }

    /** Asks now, and again until somebody answers. */
    void ask(MachineCommand command) {
        ask(command, 1);
    }

    private void ask(MachineCommand command, int tries) {
        World world = simulation.world;
        simulation.director.at(Site.SUBMIT, false);
        Fault fault = simulation.fault(Site.SUBMIT);
        if (fault == Fault.LOST_BEFORE) {
            again(command, tries);
            return;
        }
        try {
            world.note(() -> "asked: " + command);
            Decision decision = simulation.coordinator.submit(command);
            if (fault == Fault.LOST_AFTER) {
                again(command, tries);
                return;
            }
            if (decision instanceof Decision.Accepted) {
                simulation.judge.acknowledged(command);
            } else {
                world.note(() -> "rejected: " + decision);
            }
            if (fault == Fault.TWICE) {
                again(command, tries);
            }
        } catch (PlayedLog.Unavailable unanswered) {
            world.note(() -> "no answer: " + unanswered.getMessage());
            again(command, tries);
        }
        simulation.director.at(Site.SUBMIT, true);
    }

    private void again(MachineCommand command, int tries) {
        if (tries < TRIES_MAX) {
            simulation.world.in(simulation.world.dice.milliseconds(2_000), () -> ask(command, tries + 1));
        }
    }

    /** Somebody else's command at another coordinator, between the reading and the appending of ours. */
    void rival() {
        if (simulation.coordinator.isUp()
                && simulation.calmWhile(() -> simulation.log.execute(any()) instanceof Decision.Accepted)) {
            simulation.world.note(() -> "a rival was faster");
        }
    }

    /** Something that a user may want now. */
    MachineCommand any() {
        Dice dice = simulation.world.dice;
        return switch (dice.below(17)) {
            case 0, 1 -> create();
            case 2, 3 -> anyCheckpoint().<MachineCommand>map(this::delete).orElseGet(this::create);
            case 4 -> abort();
            case 5 -> verify(dice.any(Simulation.REPOSITORIES));
            case 6 -> restore(dice.any(Simulation.REPOSITORIES));
            case 7, 8 -> deleteBackup(dice.any(Simulation.REPOSITORIES));
            case 9, 10 -> merge(dice.any(Simulation.REPOSITORIES));
            default -> back(dice.any(Simulation.REPOSITORIES), anyRequest());
        };
    }

    private MachineCommand abort() {
        if (simulation.log.now().pending().orElse(null) instanceof Pending.Backup backup) {
            return new AbortBackup(simulation.id, operation(), backup.backup(), PlayedLog.NOW);
        }
        List<Errand> errands = simulation.log.now().errands();
        return errands.isEmpty()
                ? create()
                : new AbortErrand(
                        simulation.id,
                        operation(),
                        simulation.world.dice.any(errands).operation().id(),
                        PlayedLog.NOW);
    }

    CreateCheckpoint create() {
        CheckpointId checkpoint = new CheckpointId(ulid());
        return new CreateCheckpoint(
                simulation.id,
                operation(),
                checkpoint,
                new CheckpointName("c" + ids),
                anySelection(),
                Optional.empty(),
                simulation.world.dice.oneIn(3),
                PlayedLog.NOW);
    }

    /** Of a frozen guest. */
    CreateCheckpoint quiesced() {
        return new CreateCheckpoint(
                simulation.id,
                operation(),
                new CheckpointId(ulid()),
                new CheckpointName("q" + ids),
                List.of(),
                Optional.empty(),
                true,
                PlayedLog.NOW);
    }

    /** Of a frozen guest. */
    StartBackup quiescedEvening(RepositoryName repository) {
        return start(
                repository,
                new BackupRequest.Automatic(),
                Optional.of(new BackupCheckpoint(new CheckpointId(ulid()), new CheckpointName("f" + ids))),
                List.of(),
                true);
    }

    DeleteCheckpoint delete(CheckpointId checkpoint) {
        return new DeleteCheckpoint(simulation.id, operation(), checkpoint, PlayedLog.NOW);
    }

    RemoveMachine remove() {
        return new RemoveMachine(simulation.id, operation(), true, true, PlayedLog.NOW);
    }

    StartBackup back(RepositoryName repository, BackupRequest request) {
        CheckpointId checkpoint = new CheckpointId(ulid());
        Optional<BackupCheckpoint> named = simulation.world.dice.oneIn(6)
                ? Optional.empty()
                : Optional.of(new BackupCheckpoint(checkpoint, new CheckpointName("b" + ids)));
        return start(repository, request, named, anySelection(), simulation.world.dice.oneIn(4));
    }

    StartBackup start(
            RepositoryName repository,
            BackupRequest request,
            Optional<BackupCheckpoint> checkpoint,
            List<DiskName> selection,
            boolean quiesce) {
        return new StartBackup(
                simulation.id,
                operation(),
                new BackupId(ulid()),
                repository,
                BackupMode.PUSH,
                request,
                checkpoint,
                selection,
                OptionalLong.empty(),
                Optional.empty(),
                quiesce,
                Optional.empty(),
                Optional.empty(),
                PlayedLog.NOW);
    }

    /** All disks, with a checkpoint, to be read by a client. */
    StartBackup pull(RepositoryName repository) {
        CheckpointId checkpoint = new CheckpointId(ulid());
        return new StartBackup(
                simulation.id,
                operation(),
                new BackupId(ulid()),
                repository,
                BackupMode.PULL,
                new BackupRequest.Automatic(),
                Optional.of(new BackupCheckpoint(checkpoint, new CheckpointName("p" + ids))),
                List.of(),
                OptionalLong.empty(),
                Optional.empty(),
                false,
                Optional.of(new PullTerms(
                        "0011",
                        PlayedLog.NOW.plusNanos(simulation.world.now()).plusSeconds(LEASE_SECONDS),
                        OptionalLong.empty())),
                Optional.empty(),
                PlayedLog.NOW);
    }

    /** All disks, with a checkpoint, as an evening's schedule asks for it. */
    StartBackup evening(RepositoryName repository) {
        return start(
                repository,
                new BackupRequest.Automatic(),
                Optional.of(new BackupCheckpoint(new CheckpointId(ulid()), new CheckpointName("e" + ids))),
                List.of(),
                false);
    }

    MachineCommand verify(RepositoryName repository) {
        List<BackupId> all = simulation.storage.backups(repository);
        return all.isEmpty()
                ? create()
                : new VerifyBackup(
                        simulation.id, operation(), simulation.world.dice.any(all), repository, PlayedLog.NOW);
    }

    MachineCommand restore(RepositoryName repository) {
        List<BackupId> all = simulation.storage.backups(repository);
        return all.isEmpty()
                ? create()
                : new RestoreBackup(
                        simulation.id,
                        operation(),
                        simulation.world.dice.any(all),
                        repository,
                        List.of(),
                        simulation.machine.disks.stream().map(disk -> disk.name).toList(),
                        "/restore/" + ulid(),
                        RestoreFormat.RAW,
                        PlayedLog.NOW);
    }

    /** Mostly the newest, on which nothing stands. */
    MachineCommand deleteBackup(RepositoryName repository) {
        List<BackupId> all = simulation.storage.backups(repository);
        return all.isEmpty()
                ? create()
                : new DeleteBackup(
                        simulation.id,
                        operation(),
                        simulation.world.dice.oneIn(3) ? simulation.world.dice.any(all) : all.getLast(),
                        PlayedLog.NOW);
    }

    /** Any that stands on another one; most are stood on, too. */
    MachineCommand merge(RepositoryName repository) {
        List<BackupId> all = simulation.storage.backups(repository).stream()
                .filter(backup -> simulation.storage.stored(repository, backup).stream()
                        .anyMatch(stored -> stored.plan().parent().isPresent()))
                .toList();
        return all.isEmpty()
                ? create()
                : new MergeBackup(
                        simulation.id,
                        operation(),
                        simulation.world.dice.any(all),
                        simulation.world.dice.oneIn(2) ? MergeReach.PARENT : MergeReach.ALL,
                        PlayedLog.NOW);
    }

    DeleteBackup deleteNewest(RepositoryName repository) {
        return new DeleteBackup(
                simulation.id,
                operation(),
                simulation.storage.backups(repository).getLast(),
                PlayedLog.NOW);
    }

    private BackupRequest anyRequest() {
        return switch (simulation.world.dice.below(13)) {
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
        return simulation.world.dice.below(6) > 0
                ? List.of()
                : List.of(simulation.world.dice.any(simulation.machine.disks).name);
    }

    Optional<CheckpointId> anyCheckpoint() {
        List<Checkpoint> live = simulation.log.now().checkpoints();
        return live.isEmpty()
                ? Optional.empty()
                : Optional.of(simulation.world.dice.any(live).id());
    }

    private OperationId operation() {
        return new OperationId(ulid());
    }

    String ulid() {
        return Ulid.encode(++ids, new byte[Ulid.RANDOMNESS_BYTES]);
    }
}
