package dev.tidemark.coordinator.view;

/**
 * The key has started an operation already, perhaps through another coordinator a moment ago. The append has to be rolled
 * back; the answer is the operation that is there.
 */
public final class IdempotencyKeyTaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IdempotencyKeyTaken() {
        super("the idempotency key has started an operation already");
    }
}
