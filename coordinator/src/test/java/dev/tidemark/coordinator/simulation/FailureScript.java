package dev.tidemark.coordinator.simulation;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lets exactly one call fail, in one way, and nothing else go wrong. The guest writes one cell at each call. */
final class FailureScript implements Director {
    /** The call of this site that fails, counted from 0 since the script was armed, and how. */
    record Failure(Site site, int call, Fault way) {}

    private final Simulation simulation;
    private final @Nullable Failure failure;
    private final Map<Site, Integer> calls = new EnumMap<>(Site.class);
    private boolean armed;
    private boolean spent;

    FailureScript(Simulation simulation, @Nullable Failure failure) {
        this.simulation = simulation;
        this.failure = failure;
    }

    void arm() {
        armed = true;
    }

    /** Whether the call came to pass. */
    boolean isSpent() {
        return spent;
    }

    /** So many calls of a site there were. */
    int calls(Site site) {
        return calls.getOrDefault(site, 0);
    }

    @Override
    public void at(Site site, boolean after) {
        if (armed) {
            PlayedDisk disk = simulation.machine.disks.getFirst();
            simulation.machine.write(disk, (int) (simulation.world.step() % disk.cells), 1, false);
        }
    }

    @Override
    public Fault fault(Site site) {
        if (!armed) {
            return Fault.NONE;
        }
        int call = calls(site);
        calls.put(site, call + 1);
        if (spent || failure == null || failure.site() != site || failure.call() != call) {
            return Fault.NONE;
        }
        spent = true;
        return failure.way();
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
