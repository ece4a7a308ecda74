package dev.tidemark.gateway.qga;

/** The agent could not be asked, or did not answer as one does. It says nothing about the guest but what its reason says. */
public final class GuestAgentFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** What it leaves behind. */
    public enum Reason {
        /** Nothing was asked of the guest that would change it. */
        UNAVAILABLE,
        /** It was frozen before it was to be frozen. */
        FROZEN_BEFORE,
        /** It was asked to freeze or to thaw, and said no. */
        REFUSED,
        /** It was asked to freeze or to thaw, and nobody knows whether it did. */
        UNKNOWN
    }

    private final Reason reason;

    public GuestAgentFailure(String message) {
        this(Reason.UNAVAILABLE, message);
    }

    public GuestAgentFailure(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** Whether the guest may be frozen by what was asked of it. */
    public boolean mayBeFrozen() {
        return reason == Reason.REFUSED || reason == Reason.UNKNOWN;
    }
}
