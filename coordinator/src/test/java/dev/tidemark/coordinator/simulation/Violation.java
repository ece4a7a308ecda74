package dev.tidemark.coordinator.simulation;

/** An invariant did not hold. An error, so that nothing in production code takes it for a failure of its own. */
final class Violation extends Error {
    private static final long serialVersionUID = 1L;

    private final Invariant invariant;

    Violation(Invariant invariant, String message) {
        super(invariant + ": " + message);
        this.invariant = invariant;
    }

    Invariant invariant() {
        return invariant;
    }
}
