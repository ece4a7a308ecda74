package dev.tidemark.coordinator.simulation;

import java.util.List;

/**
 * Kills at exactly these calls, and nothing else goes wrong. A call counts twice, before and after; the guest writes one cell at
 * each. The counting begins when the script is armed, and for the second crash at the first one.
 */
final class CrashScript implements Director {
    private static final long DOWN_NANOSECONDS = 700_000_000L;

    /** After so many calls, this dies. */
    record Crash(int call, Victim victim) {}

    private final Simulation simulation;
    private final List<Crash> crashes;
    private boolean armed;
    private int calls;
    private int next;
    private int most;

    CrashScript(Simulation simulation, List<Crash> crashes) {
        this.simulation = simulation;
        this.crashes = crashes;
    }

    void arm() {
        armed = true;
    }

    /** Whether every crash came to pass: none did if there were fewer calls. */
    boolean isSpent() {
        return next == crashes.size();
    }

    /** Calls since it was armed, or since the last crash. */
    int calls() {
        return most;
    }

    @Override
    public void at(Site site, boolean after) {
        if (!armed) {
            return;
        }
        PlayedDisk disk = simulation.machine.disks.getFirst();
        simulation.machine.write(disk, (int) (simulation.world.step() % disk.cells), 1, false);
        calls++;
        most = calls;
        if (next < crashes.size() && calls > crashes.get(next).call()) {
            Victim victim = crashes.get(next).victim();
            next++;
            calls = 0;
            simulation.crash(victim, DOWN_NANOSECONDS);
        }
    }

    @Override
    public Fault fault(Site site) {
        return Fault.NONE;
    }

    @Override
    public int jobFaults() {
        return 0;
    }

    @Override
    public void calm() {
        armed = false;
    }
}
