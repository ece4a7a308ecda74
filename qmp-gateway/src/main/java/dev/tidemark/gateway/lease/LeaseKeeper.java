package dev.tidemark.gateway.lease;

import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.id.HostName;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for the lease of a host until it is granted, and then renews it, on a thread of its own, until another gateway has it. */
public final class LeaseKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    /** While another gateway has the host. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** It is asked for so often while it lasts that a coordinator can be missed and another one found. */
    private static final int RENEWALS = 4;

    /** What the two clocks may differ by while it lasts, and what it may take to send a transaction after it was looked at. */
    private static final int MARGIN_PARTS = 10;

    private final CoordinatorLink link;
    private final HostName host;
    private Tenant tenant;
    private volatile Term current = ended();
    private volatile boolean closed;
    private Thread renewing = Thread.ofVirtual().unstarted(() -> {});

    public LeaseKeeper(CoordinatorLink link, HostName host, Tenant tenant) {
        this.link = link;
        this.host = host;
        this.tenant = tenant;
    }

    private static Term ended() {
        Term none = new Term(0, System.nanoTime(), System::nanoTime);
        none.fence();
        return none;
    }

    /** Waits until the host is this gateway's. */
    public Term acquire() throws InterruptedException {
        boolean told = false;
        boolean failing = false;
        while (true) {
            long asked = System.nanoTime();
            try {
                Lease lease = link.claim(host, claim(0, tenant.takeOver() ? Claim.Kind.TAKE_OVER : Claim.Kind.HOLD));
                if (lease.granted()) {
                    return begin(lease, asked);
                }
                if (!told) {
                    LOG.warn(
                            "host {} is served by {}: this gateway waits until that one has gone, and does nothing."
                                    + " If it is known to be dead, start this one with --take-over",
                            host,
                            lease.holder());
                    told = true;
                }
                failing = false;
                Thread.sleep(PATIENCE);
            } catch (LinkException unreachable) {
                if (!failing) {
                    LOG.warn("the lease of host {} cannot be asked for: {}", host, unreachable.getMessage());
                    failing = true;
                }
                Thread.sleep(RETRY);
            }
        }
    }

    private Term begin(Lease lease, long asked) {
        Term term = new Term(lease.epoch(), end(lease, asked), System::nanoTime);
        current = term;
        LOG.info("this gateway serves host {} under epoch {}", host, lease.epoch());
        renewing = Thread.ofPlatform().daemon().name("lease " + host).start(() -> renew(term, lease));
        return term;
    }

    private void renew(Term term, Lease granted) {
        Duration pause = Duration.ofMillis(granted.milliseconds() / RENEWALS);
        boolean failing = false;
        try {
            while (!term.isFenced() && !closed) {
                Thread.sleep(failing ? RETRY : pause);
                long asked = System.nanoTime();
                try {
                    Lease lease = link.claim(host, claim(term.epoch(), Claim.Kind.HOLD));
                    if (!lease.granted()) {
                        LOG.error(
                                "this gateway was fenced: host {} is served by {} now. It stops, and touches no machine",
                                host,
                                lease.holder());
                        fence(term);
                        return;
                    }
                    term.until(end(lease, asked));
                    failing = false;
                } catch (LinkException unreachable) {
                    if (!failing) {
                        LOG.warn("the lease of host {} could not be renewed: {}", host, unreachable.getMessage());
                    }
                    failing = true;
                } catch (RuntimeException bug) {
                    // Sorted at the edge: a lease that nobody renews runs out, and the host with it.
                    LOG.error("the lease of host {} could not be renewed, and is tried again", host, bug);
                    failing = true;
                }
            }
        } catch (InterruptedException stopping) {
            LOG.debug("the lease of host {} is renewed no longer", host);
        }
    }

    /** It learned from an answer that another gateway has the host. */
    void fence(Term term) {
        if (!term.isFenced()) {
            tenant = tenant.asStranger();
            term.fence();
        }
    }

    private Claim claim(long epoch, Claim.Kind kind) {
        return new Claim(tenant.instance(), epoch, kind, tenant.version());
    }

    private static long end(Lease lease, long asked) {
        long lasts = lease.milliseconds() - lease.milliseconds() / MARGIN_PARTS;
        return asked + TimeUnit.MILLISECONDS.toNanos(lasts);
    }

    /** Gives the host back. Only when nothing of this gateway can act any more: the next one begins at once. */
    public void leave() {
        Term term = current;
        if (term.isFenced()) {
            return;
        }
        close();
        try {
            link.claim(host, claim(term.epoch(), Claim.Kind.LEAVE));
        } catch (LinkException unreachable) {
            LOG.info("the lease of host {} runs out by itself: {}", host, unreachable.getMessage());
        }
        term.fence();
    }

    /** Renews no longer; what was granted runs out. */
    @Override
    public void close() {
        closed = true;
        renewing.interrupt();
    }
}
