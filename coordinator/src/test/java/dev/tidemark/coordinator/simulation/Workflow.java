package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.chain.Checkpoint;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.ChangeBackupSpeed;
import dev.tidemark.schema.command.FinishBackup;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One small thing that a user asks for, and what has to be there before. */
enum Workflow {
    REGISTER(0),
    REMOVE(1),
    CREATE(0),
    QUIESCE(0),
    QUIESCED_BACKUP(1),
    DELETE_NEWEST(2),
    DELETE_MIDDLE(3),
    DELETE_FIRST(2),
    DELETE_ONLY(1),
    FULL(0),
    INCREMENTAL(1),
    ABORT(1),
    CHANGE_SPEED(1),
    PULL(0),
    PULL_AGAIN(0),
    PULL_ABORT(1),
    VERIFY(1),
    RESTORE(1),
    DELETE_BACKUP(2);

    private static final int PULL_TRIES_MAX = 20;
    private static final long SECOND = 1_000_000_000L;
    private static final RepositoryName REPOSITORY = Simulation.REPOSITORIES.getFirst();

    private final int backupsBefore;

    Workflow(int backupsBefore) {
        this.backupsBefore = backupsBefore;
    }

    /** What a life with these crashes gave: whether they came to pass, and how many calls there were after the last. */
    record Life(boolean spent, int calls) {}

    /** How many pulls are read and finished if nothing befalls anybody. */
    int pulls() {
        Simulation simulation = new Simulation(world(), Saboteur.NONE, 1, played -> new FailureScript(played, null));
        live(simulation, ((FailureScript) simulation.director)::arm);
        return simulation.judge.pulls();
    }

    /** Lives it with these crashes; throws what was violated. */
    Life live(List<CrashScript.Crash> crashes) {
        Simulation simulation = new Simulation(world(), Saboteur.NONE, 1, played -> new CrashScript(played, crashes));
        CrashScript script = (CrashScript) simulation.director;
        live(simulation, script::arm);
        return new Life(script.isSpent(), script.calls());
    }

    /** Lives it with this one failure, if its call is made; throws what was violated. */
    FailureScript live(FailureScript.@Nullable Failure failure, Saboteur saboteur) {
        Simulation simulation = new Simulation(world(), saboteur, 1, played -> new FailureScript(played, failure));
        FailureScript script = (FailureScript) simulation.director;
        live(simulation, script::arm);
        return script;
    }

    private World world() {
        return new World(new Dice(name().length()), false);
    }

    private void live(Simulation simulation, Runnable arm) {
        World world = simulation.world;
        Quiet.begin();
        if (this == REGISTER) {
            simulation.beginUnregistered();
        } else {
            simulation.begin();
        }
        long at = SECOND;
        for (int index = 0; index < backupsBefore; index++) {
            world.in(at, () -> simulation.client.ask(simulation.client.evening(REPOSITORY)));
            at += 10 * SECOND;
        }
        if (this == PULL_AGAIN) {
            world.in(at, () -> simulation.client.ask(simulation.client.pull(REPOSITORY)));
            finishIn(simulation, at + SECOND / 4, PULL_TRIES_MAX);
            at += 10 * SECOND;
        }
        world.in(at, () -> {
            arm.run();
            simulation.client.ask(command(simulation));
        });
        if (this == ABORT) {
            world.in(at + SECOND / 4, () -> abort(simulation));
        }
        if (this == PULL || this == PULL_AGAIN) {
            finishIn(simulation, at + SECOND / 4, PULL_TRIES_MAX);
        }
        if (this == PULL_ABORT) {
            world.in(at + SECOND, () -> abort(simulation));
        }
        if (this == CHANGE_SPEED) {
            world.in(at + SECOND / 4, () -> changeSpeed(simulation));
        }
        if (this == REMOVE) {
            simulation.endGoneIn(at + 8 * SECOND);
        } else {
            simulation.endIn(at + 8 * SECOND);
        }
        world.live();
    }

    private MachineCommand command(Simulation simulation) {
        Client client = simulation.client;
        List<Checkpoint> checkpoints = simulation.log.now().checkpoints();
        return switch (this) {
            case REGISTER -> simulation.registration();
            case REMOVE -> client.remove();
            case CREATE -> client.create();
            case QUIESCE -> client.quiesced();
            case QUIESCED_BACKUP -> client.quiescedEvening(REPOSITORY);
            case DELETE_NEWEST -> client.delete(checkpoints.getLast().id());
            case DELETE_MIDDLE -> client.delete(checkpoints.get(1).id());
            case DELETE_FIRST, DELETE_ONLY ->
                client.delete(checkpoints.getFirst().id());
            case FULL, INCREMENTAL, ABORT, CHANGE_SPEED -> client.evening(REPOSITORY);
            case PULL, PULL_AGAIN, PULL_ABORT -> client.pull(REPOSITORY);
            case VERIFY -> client.verify(REPOSITORY);
            case RESTORE -> client.restore(REPOSITORY);
            case DELETE_BACKUP -> client.deleteNewest(REPOSITORY);
        };
    }

    /** A client that comes again and again until there is something to read, or no hope. */
    private static void finishIn(Simulation simulation, long at, int tries) {
        simulation.world.in(at, () -> {
            if (simulation.log.now().pending().orElse(null) instanceof Pending.Backup backup
                    && backup.pull().isPresent()) {
                if (simulation.judge.read(backup)) {
                    simulation.client.ask(new FinishBackup(
                            simulation.id, new OperationId(simulation.client.ulid()), backup.backup(), PlayedLog.NOW));
                } else if (tries > 0) {
                    finishIn(simulation, SECOND / 4, tries - 1);
                }
            }
        });
    }

    private static void changeSpeed(Simulation simulation) {
        if (simulation.log.now().pending().orElse(null) instanceof Pending.Backup backup) {
            simulation.client.ask(new ChangeBackupSpeed(
                    simulation.id,
                    new OperationId(simulation.client.ulid()),
                    backup.backup(),
                    OptionalLong.of(1 << 20),
                    PlayedLog.NOW));
        }
    }

    private static void abort(Simulation simulation) {
        if (simulation.log.now().pending().orElse(null) instanceof Pending.Backup backup) {
            simulation.client.ask(new AbortBackup(
                    simulation.id, new OperationId(simulation.client.ulid()), backup.backup(), PlayedLog.NOW));
        }
    }
}
