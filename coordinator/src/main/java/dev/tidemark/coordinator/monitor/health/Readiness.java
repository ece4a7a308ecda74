package dev.tidemark.coordinator.monitor.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether requests should be sent here. From the moment at which the coordinator begins to stop they should not. */
public final class Readiness {
    /** What the finding about the stop is called. */
    public static final String STOPPING = "coordinator";

    private final List<Supplier<Finding>> checks;
    private volatile boolean stopping;
    private volatile @Nullable Supplier<Start> start;

    /**
     * Where a start is.
     *
     * @param doing what is being done, and how far it is
     * @param secondsLeft after which it is worth asking again
     */
    public record Start(String doing, int secondsLeft) {}

    public Readiness(List<Supplier<Finding>> checks) {
        this.checks = List.copyOf(checks);
    }

    /** Until it has started, nothing is answered but where the start is. */
    public void starting(Supplier<Start> progress) {
        start = progress;
    }

    /** From now on requests are answered. */
    public void started() {
        start = null;
    }

    /** Where the start is; empty once that is over. */
    public Optional<Start> start() {
        return Optional.ofNullable(start).map(Supplier::get);
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
