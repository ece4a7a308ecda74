package dev.tidemark.coordinator.drill;

import java.util.Optional;

/** A scenario's judgement is that something does not hold, or that it could not be played. */
final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Optional<Invariant> invariant;

    Broken(Invariant invariant, String detail) {
        super(invariant + ": " + detail);
        this.invariant = Optional.of(invariant);
    }

    Broken(String detail) {
        super(detail);
        this.invariant = Optional.empty();
    }

    /** What does not hold; empty if it came to no judgement. */
    Optional<Invariant> invariant() {
        return invariant;
    }
}
