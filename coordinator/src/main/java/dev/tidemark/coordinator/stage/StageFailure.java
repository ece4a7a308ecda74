package dev.tidemark.coordinator.stage;

/** The play cannot go on; the message says what is missing or went wrong. */
public final class StageFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StageFailure(String message) {
        super(message);
    }

    public StageFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
