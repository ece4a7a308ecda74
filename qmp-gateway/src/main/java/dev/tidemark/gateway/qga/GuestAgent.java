package dev.tidemark.gateway.qga;

import java.nio.file.Path;

/** The way to a guest. */
@FunctionalInterface
public interface GuestAgent {
    /** Whether a guest's file systems are frozen: then its writes hang until somebody thaws them. */
    enum FileSystems {
        FROZEN,
        THAWED
    }

    /** Asks the guest that listens on this socket. */
    FileSystems fileSystems(Path socket) throws GuestAgentFailure;
}
