package dev.tidemark.gateway.observe;

/**
 * QEMU answered, and the answer cannot be used: a member is missing, has another type or is out of bounds, or two answers do
 * not fit together. Nothing may be concluded about the machine.
 */
public final class UnusableReply extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean moving;

    private UnusableReply(String message, boolean moving) {
        super(message);
        this.moving = moving;
    }

    /** An answer that is not what QEMU's schema says. */
    public static UnusableReply malformed(String where, String fault) {
        return new UnusableReply(where + ": " + fault, false);
    }

    /** The block graph changed between two queries: asking again is the cure. */
    static UnusableReply moved(String fault) {
        return new UnusableReply("the block graph changed while it was looked at: " + fault, true);
    }

    boolean isMoving() {
        return moving;
    }
}
