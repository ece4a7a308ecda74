package dev.tidemark.coordinator.drill;

/** A scenario's judgement is that something does not hold, or that it could not be played. */
final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken(Invariant invariant, String detail) {
        super(invariant + ": " + detail);
    }

    Broken(String detail) {
        super(detail);
    }
}
