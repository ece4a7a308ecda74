package dev.tidemark.coordinator.simulation;

import dev.tidemark.schema.id.RepositoryName;

/** One random life of a machine. The seed decides everything. */
final class History {
    private static final long EVENING_NANOSECONDS = 3_000_000_000L;

    private final long seed;
    private final Simulation simulation;
    private boolean over;

    History(long seed, Saboteur saboteur, boolean tracing) {
        this.seed = seed;
        // Neighbouring seeds begin alike: spread them, or all short runs are of one kind.
        Dice dice = new Dice(seed * 0x9E3779B97F4A7C15L);
        World world = new World(dice, tracing);
        simulation = new Simulation(world, saboteur, 1 + dice.below(2), played -> new RandomDirector(played, dice));
    }

    /** Lives it; gives back the judge, who knows how much there was to judge. */
    Judge live() {
        World world = simulation.world;
        Quiet.begin();
        simulation.begin();
        Dice dice = world.dice;
        RandomDirector director = (RandomDirector) simulation.director;
        // A history with nothing to lose loses nothing: some begin with backups, before anything goes wrong.
        int evenings = dice.below(4);
        long at = 0;
        for (int evening = 0; evening < evenings; evening++) {
            RepositoryName repository = Simulation.REPOSITORIES.get(evening % 2);
            at += EVENING_NANOSECONDS;
            world.in(at, () -> {
                simulation.machine.write();
                simulation.client.ask(simulation.client.evening(repository));
            });
        }
        if (evenings > 0) {
            at += EVENING_NANOSECONDS;
            director.peaceFor(at);
        }
        int commands = 2 + dice.below(5);
        for (int index = 0; index < commands; index++) {
            at += dice.milliseconds(dice.oneIn(3) ? 100 : 4_000);
            world.in(at, () -> simulation.client.ask(simulation.client.any()));
        }
        long end = at + dice.milliseconds(6_000);
        write(end);
        simulation.endIn(end);
        world.live();
        if (!world.isOver()) {
            throw new IllegalStateException("seed=" + seed + ": nothing is due any more");
        }
        return simulation.judge;
    }

    private void write(long end) {
        if (over || simulation.world.now() > end) {
            over = true;
            return;
        }
        simulation.machine.write();
        simulation.world.in(simulation.world.dice.milliseconds(600), () -> write(end));
    }

    String trace() {
        return simulation.world.trace();
    }
}
