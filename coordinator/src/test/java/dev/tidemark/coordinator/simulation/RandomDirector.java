package dev.tidemark.coordinator.simulation;

import java.util.List;

/** Chance decides: some histories have no faults, some have little else. */
final class RandomDirector implements Director {
    private static final List<Integer> FAULTS = List.of(0, 100, 300, 800);
    private static final List<Integer> CRASHES = List.of(0, 15, 60, 180);
    private static final List<Integer> STRANGERS = List.of(0, 20, 80, 200);

    private final Simulation simulation;
    private final Dice dice;
    private final int faults;
    private final int crashes;
    private final int strangers;
    private boolean calm;

    RandomDirector(Simulation simulation, Dice dice) {
        this.simulation = simulation;
        this.dice = dice;
        faults = dice.any(FAULTS);
        crashes = dice.any(CRASHES);
        strangers = dice.any(STRANGERS);
    }

    /** Nothing goes wrong for the first so many nanoseconds. */
    void peaceFor(long nanoseconds) {
        calm = true;
        simulation.world.in(nanoseconds, () -> calm = false);
    }

    @Override
    public void at(Site site, boolean after) {
        if (calm) {
            return;
        }
        if (dice.oneIn(5)) {
            simulation.machine.write();
        }
        if (dice.chance(crashes)) {
            crash();
        }
        if (dice.chance(strangers)) {
            simulation.strangers.meddle();
        }
    }

    @Override
    public Fault fault(Site site) {
        return calm || site.faults().isEmpty() || !dice.chance(faults) ? Fault.NONE : dice.any(site.faults());
    }

    @Override
    public int jobFaults() {
        return calm ? 0 : faults;
    }

    @Override
    public void calm() {
        calm = true;
    }

    private void crash() {
        switch (dice.below(12)) {
            case 0, 1, 2 -> simulation.crash(Victim.GATEWAY, dice.milliseconds(4_000));
            case 3, 4 -> simulation.crash(Victim.COORDINATOR, dice.milliseconds(6_000));
            case 5 -> simulation.crash(Victim.QEMU, dice.milliseconds(14_000));
            case 6, 9, 10 -> simulation.crash(Victim.QEMU_BY_QUIT, dice.milliseconds(3_000));
            case 7 -> simulation.crash(Victim.DATABASE, dice.milliseconds(12_000));
            case 8 -> {
                simulation.crash(Victim.GATEWAY, dice.milliseconds(2_000));
                simulation.crash(Victim.COORDINATOR, dice.milliseconds(2_000));
            }
            default -> {
                for (Victim victim : Victim.values()) {
                    simulation.crash(victim, dice.milliseconds(5_000));
                }
            }
        }
    }
}
