package dev.tidemark.schema.contract;

/** The host has another gateway now: nothing of what was told is recorded, and this one must not touch a machine again. */
public final class FencedException extends LinkException {
    private static final long serialVersionUID = 1L;

    public FencedException(String message) {
        super(message);
    }
}
