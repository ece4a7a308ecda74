package dev.tidemark.gateway.lease;

import dev.tidemark.gateway.qga.GuestAgent;
import dev.tidemark.gateway.qga.GuestAgentFailure;
import java.nio.file.Path;

/** A guest that is frozen under one term only. It is thawed by whoever froze it, also when his term is over: it must not hang. */
public record LeasedGuestAgent(GuestAgent agent, Term term) implements GuestAgent {
    @Override
    public FileSystems fileSystems(Path socket) throws GuestAgentFailure {
        return agent.fileSystems(socket);
    }

    @Override
    public int freeze(Path socket) throws GuestAgentFailure {
        if (!term.isHeld()) {
            throw new GuestAgentFailure("this gateway does not hold the lease of its host");
        }
        return agent.freeze(socket);
    }

    @Override
    public Thaw thaw(Path socket) throws GuestAgentFailure {
        return agent.thaw(socket);
    }

    @Override
    public Thaw thawIfFrozen(Path socket) throws GuestAgentFailure {
        return agent.thawIfFrozen(socket);
    }
}
