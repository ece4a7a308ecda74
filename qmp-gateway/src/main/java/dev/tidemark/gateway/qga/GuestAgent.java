package dev.tidemark.gateway.qga;

import java.nio.file.Path;
import java.util.Optional;

/** The way to a guest; every call names the socket on which its agent listens. */
public interface GuestAgent {
    /** Whether a guest's file systems are frozen: then its writes hang until somebody thaws them. */
    enum FileSystems {
        FROZEN,
        THAWED
    }

    /** Asks, and changes nothing. */
    FileSystems fileSystems(Path socket) throws GuestAgentFailure;

    /**
     * Freezes a guest that is not frozen.
     *
     * @return how many file systems are frozen now
     * @throws GuestAgentFailure which tells whether the guest may be frozen all the same
     */
    int freeze(Path socket) throws GuestAgentFailure;

    /** Thaws whatever is frozen, and asks until the guest says that it is thawed. To be used by whoever has frozen it. */
    Thaw thaw(Path socket) throws GuestAgentFailure;

    /** The same, of a guest that says that it is frozen; any other is left alone. */
    Thaw thawIfFrozen(Path socket) throws GuestAgentFailure;

    /**
     * A guest that is thawed now.
     *
     * @param fileSystems how many were frozen until then: fewer than were frozen before means that it thawed earlier
     * @param complaint what the agent said against it
     */
    record Thaw(int fileSystems, Optional<String> complaint) {}
}
