package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;

/** One small thing that a user asks for, and what has to be there before. */
enum Workflow {
    CREATE(0),
    DELETE_NEWEST(2),
    DELETE_MIDDLE(3),
    FULL(0),
    INCREMENTAL(1),
    ABORT(1);

    private static final long SECOND = 1_000_000_000L;
    private static final RepositoryName REPOSITORY = Simulation.REPOSITORIES.getFirst();

    private final int backupsBefore;

    Workflow(int backupsBefore) {
        this.backupsBefore = backupsBefore;
    }

    /** What a life with these crashes gave: whether they came to pass, and how many calls there were after the last. */
    record Life(boolean spent, int calls) {}

    /** Lives it with these crashes; throws what was violated. */
    Life live(List<CrashScript.Crash> crashes) {
        World world = new World(new Dice(name().length()), false);
        Simulation simulation = new Simulation(world, Saboteur.NONE, 1, played -> new CrashScript(played, crashes));
        CrashScript script = (CrashScript) simulation.director;
        simulation.begin();
        long at = SECOND;
        for (int index = 0; index < backupsBefore; index++) {
            world.in(at, () -> simulation.client.ask(simulation.client.evening(REPOSITORY)));
            at += 10 * SECOND;
        }
        world.in(at, () -> {
            script.arm();
            ask(simulation);
        });
        if (this == ABORT) {
            world.in(at + SECOND / 4, () -> abort(simulation));
        }
        simulation.endIn(at + 8 * SECOND);
        world.live();
        return new Life(script.isSpent(), script.calls());
    }

    private void ask(Simulation simulation) {
        Client client = simulation.client;
        MachineCommand command = switch (this) {
            case CREATE -> client.create();
            case DELETE_NEWEST ->
                client.delete(simulation.log.now().checkpoints().getLast().id());
            case DELETE_MIDDLE ->
                client.delete(simulation.log.now().checkpoints().get(1).id());
            case FULL, INCREMENTAL, ABORT -> client.evening(REPOSITORY);
        };
        client.ask(command);
    }

    private static void abort(Simulation simulation) {
        if (simulation.log.now().pending().orElse(null) instanceof Pending.Backup backup) {
            simulation.client.ask(new AbortBackup(
                    simulation.id, new OperationId(simulation.client.ulid()), backup.backup(), PlayedLog.NOW));
        }
    }
}
