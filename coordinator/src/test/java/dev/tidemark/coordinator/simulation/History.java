package dev.tidemark.coordinator.simulation;

/** One random life of a machine. The seed decides everything. */
final class History {
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
        Quiet.bugs();
        simulation.begin();
        Dice dice = world.dice;
        int commands = 2 + dice.below(5);
        long at = 0;
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
