package dev.tidemark.coordinator.monitor.health;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Whether requests should be sent here. From the moment at which the coordinator begins to stop they should not. */
public final class Readiness {
    /** What the finding about the stop is called. */
    public static final String STOPPING = "coordinator";

    private final List<Supplier<Finding>> checks;
    private volatile boolean stopping;

    public Readiness(List<Supplier<Finding>> checks) {
        this.checks = List.copyOf(checks);
    }

    /** From now on it is not ready, whatever its parts say. */
    public void stopping() {
        stopping = true;
    }

    /** Asks every part; the first that are told are those that were named first. */
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        findings.add(
                stopping
                        ? Finding.down(STOPPING, "the coordinator is stopping")
                        : Finding.up(STOPPING, "requests are answered"));
        checks.forEach(check -> findings.add(check.get()));
        return findings;
    }
}
