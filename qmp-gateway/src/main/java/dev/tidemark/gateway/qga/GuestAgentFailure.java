package dev.tidemark.gateway.qga;

/** The agent could not be asked, or did not answer as one does. It says nothing about the guest. */
public final class GuestAgentFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public GuestAgentFailure(String message) {
        super(message);
    }
}
