package dev.tidemark.coordinator.simulation;

/** The process that this call ran in is gone. */
final class Crashed extends Error {
    private static final long serialVersionUID = 1L;

    Crashed() {
        super("crashed", null, false, false);
    }
}
