package dev.tidemark.coordinator.api;

/** The machine is not as the caller expected it. Nothing was decided, and nothing was written. */
public final class Outdated extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient MachineVersion now;

    /** Says how it is. */
    public Outdated(MachineVersion now) {
        super("the machine is at " + now);
        this.now = now;
    }

    public MachineVersion now() {
        return now;
    }
}
