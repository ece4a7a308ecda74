package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.qga.GuestAgent;
import dev.tidemark.gateway.qga.SocketGuestAgent;
import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.gateway.trail.WorkWatch;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.crash.CrashHook;
import java.time.Duration;

/**
 * What every reconciler of a host shares: all that it can reach. {@code lookInterval} is how long a machine is left alone when
 * nothing happens, {@code stallLimit} for how long a job may stand still, {@code work} follows what is done for whom.
 */
public record Surroundings(
        CoordinatorLink link,
        QemuConnector connector,
        Storage storage,
        Clockwork clockwork,
        Duration lookInterval,
        Duration stallLimit,
        CrashHook crash,
        GuestAgent guestAgent,
        WorkWatch work) {
    private static final Duration GUEST_AGENT_TIME_MAX = Duration.ofSeconds(5);
    private static final Duration FREEZE_TIME_MAX = Duration.ofSeconds(30);

    /** With nobody who follows it. */
    public Surroundings(
            CoordinatorLink link,
            QemuConnector connector,
            Storage storage,
            Clockwork clockwork,
            Duration lookInterval,
            Duration stallLimit,
            CrashHook crash,
            GuestAgent guestAgent) {
        this(link, connector, storage, clockwork, lookInterval, stallLimit, crash, guestAgent, WorkWatch.NONE);
    }

    /** With the guests of this host, as far as root or our own user has them. */
    public Surroundings(
            CoordinatorLink link,
            QemuConnector connector,
            Storage storage,
            Clockwork clockwork,
            Duration lookInterval,
            Duration stallLimit,
            CrashHook crash) {
        this(
                link,
                connector,
                storage,
                clockwork,
                lookInterval,
                stallLimit,
                crash,
                guestAgentOfThisHost(PeerUsers.usual()));
    }

    /** The way to guests over their sockets on this host, as far as these users have them. */
    public static GuestAgent guestAgentOfThisHost(PeerUsers peers) {
        return new SocketGuestAgent(GUEST_AGENT_TIME_MAX, FREEZE_TIME_MAX, peers);
    }
}
