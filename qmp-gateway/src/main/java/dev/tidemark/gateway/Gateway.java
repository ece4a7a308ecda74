package dev.tidemark.gateway;

import dev.tidemark.gateway.act.repository.AllowedTargets;
import dev.tidemark.gateway.act.repository.Repositories;
import dev.tidemark.gateway.act.repository.RestoreExports;
import dev.tidemark.gateway.act.repository.RestoreRoots;
import dev.tidemark.gateway.lease.LeaseKeeper;
import dev.tidemark.gateway.lease.LeasedConnector;
import dev.tidemark.gateway.lease.LeasedGuestAgent;
import dev.tidemark.gateway.lease.LeasedLink;
import dev.tidemark.gateway.lease.LeasedStorage;
import dev.tidemark.gateway.lease.Tenant;
import dev.tidemark.gateway.lease.Term;
import dev.tidemark.gateway.qmp.QmpWatch;
import dev.tidemark.gateway.reconcile.HostClockwork;
import dev.tidemark.gateway.reconcile.HostPlaces;
import dev.tidemark.gateway.reconcile.HostStorage;
import dev.tidemark.gateway.reconcile.QmpConnector;
import dev.tidemark.gateway.reconcile.Reconciler;
import dev.tidemark.gateway.reconcile.Surroundings;
import dev.tidemark.gateway.trail.WorkWatch;
import dev.tidemark.gateway.watch.ImageWatches;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.CoordinatorLink.Wake;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machines of one host, each with a reconciler of its own, so that one that fails or floods delays no other (I19). It asks
 * the coordinator what there is to do, and passes it on. It has no memory: after a crash another one begins where this one was.
 *
 * <p>Invariant: it serves the host while it holds its lease, and when it learns that another gateway does, it lets go of every machine
 * before it asks for the lease again.
 */
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration DELAY_MIN = Duration.ofMillis(100);
    private static final Duration DELAY_MAX = Duration.ofSeconds(5);
    private static final Duration STOP_TIME_MAX = Duration.ofSeconds(2);

    private final HostName host;
    private final CoordinatorLink link;
    private final LeaseKeeper keeper;
    private final ImageWatches images = new ImageWatches();
    private final GatewaySettings settings;
    private final CrashHook crash;
    private final QmpWatch watch;
    private final WorkWatch work;
    private final AllowedTargets targets;
    private final Map<MachineId, Reconciler> reconcilers = new HashMap<>();
    private final Thread thread;
    private volatile boolean closed;
    private boolean begun;

    private Gateway(
            GatewaySettings settings,
            CoordinatorLink link,
            Tenant tenant,
            CrashHook crash,
            QmpWatch watch,
            WorkWatch work) {
        this.watch = watch;
        this.work = work;
        this.host = settings.host();
        this.link = link;
        this.keeper = new LeaseKeeper(link, host, tenant);
        this.settings = settings;
        this.crash = crash;
        this.targets = new AllowedTargets(settings.bounds().targets());
        this.thread = Thread.ofPlatform().daemon().name("gateway " + host).unstarted(this::run);
    }

    /** Begins to serve the machines that the coordinator has for this host. */
    public static Gateway start(GatewaySettings settings, CoordinatorLink link) {
        return start(settings, link, CrashHook.NONE);
    }

    /** For drills: {@code crash} is called at every {@link dev.tidemark.schema.crash.CrashPoint}. */
    public static Gateway start(GatewaySettings settings, CoordinatorLink link, CrashHook crash) {
        return start(settings, link, Tenant.unknown(""), crash, QmpWatch.NONE);
    }

    /** As somebody whom the coordinators may know, with somebody who is told of every command to a QEMU. */
    public static Gateway start(
            GatewaySettings settings, CoordinatorLink link, Tenant tenant, CrashHook crash, QmpWatch watch) {
        return start(settings, link, tenant, crash, watch, WorkWatch.NONE);
    }

    /** With somebody who follows what is done for whom, too. */
    public static Gateway start(
            GatewaySettings settings,
            CoordinatorLink link,
            Tenant tenant,
            CrashHook crash,
            QmpWatch watch,
            WorkWatch work) {
        Gateway gateway = new Gateway(settings, link, tenant, crash, watch, work);
        gateway.thread.start();
        return gateway;
    }

    /** Stops within two seconds. QEMU stays as it is: jobs keep running, and whoever comes next adopts them. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            if (letGo()) {
                keeper.leave();
            }
        } finally {
            keeper.close();
            images.close();
        }
    }

    /** Whether nothing of this gateway acts any more. */
    private boolean letGo() {
        List<Reconciler> stopping;
        synchronized (reconcilers) {
            stopping = List.copyOf(reconcilers.values());
            reconcilers.clear();
        }
        stopping.forEach(Reconciler::stop);
        boolean all = true;
        long end = System.nanoTime() + STOP_TIME_MAX.toNanos();
        try {
            for (Reconciler reconciler : stopping) {
                Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
                if (!reconciler.awaitStopped(left)) {
                    LOG.warn("a reconciler did not stop in {}", STOP_TIME_MAX);
                    all = false;
                }
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
            return false;
        }
        return all;
    }

    private void run() {
        try {
            while (!closed) {
                Term term = keeper.acquire();
                LeasedLink leased = new LeasedLink(link, keeper, term);
                Thread fence = Thread.ofVirtual().name("fence of " + host).start(() -> letGoWhenFenced(term));
                try {
                    serve(term, leased);
                } finally {
                    fence.interrupt();
                }
                boolean _ = letGo();
            }
        } catch (InterruptedException stopped) {
            LOG.debug("the gateway of {} stops", host);
        }
    }

    /** At once, and not when the coordinator's long answer is over. */
    private void letGoWhenFenced(Term term) {
        try {
            term.awaitFenced();
            if (!closed) {
                boolean _ = letGo();
            }
        } catch (InterruptedException over) {
            LOG.debug("nothing was fenced in epoch {}", term.epoch());
        }
    }

    private void serve(Term term, LeasedLink leased) throws InterruptedException {
        String cursor = "";
        Duration delay = DELAY_MIN;
        begun = false;
        while (!closed && !term.isFenced()) {
            try {
                Wake wake = leased.await(host, cursor, WAIT);
                pass(wake, term, leased);
                cursor = wake.cursor();
                delay = DELAY_MIN;
            } catch (FencedException fenced) {
                LOG.debug("epoch {} of {} is over", term.epoch(), host);
            } catch (LinkException unreachable) {
                LOG.warn("the coordinator cannot be asked: {}", unreachable.getMessage());
                Thread.sleep(delay);
                delay = delay.compareTo(DELAY_MAX) < 0 ? delay.multipliedBy(2) : DELAY_MAX;
            } catch (RuntimeException bug) {
                // Sorted at the edge: a host whose gateway no longer listens would be unprotected without a word.
                LOG.error("the gateway of {} failed and asks again", host, bug);
                Thread.sleep(DELAY_MAX);
            }
        }
    }

    private void pass(Wake wake, Term term, LeasedLink leased) throws InterruptedException {
        crash.at(CrashPoint.AFTER_WAKE, wake.machines());
        if (!begun) {
            // The first answer names every machine of this host: nobody will ask for what is left of others.
            Set<MachineId> machines =
                    wake.changed().stream().map(Desired::machine).collect(Collectors.toUnmodifiableSet());
            new RestoreExports(
                            new Repositories(settings.repositories(), settings.keys(), CrashHook.NONE),
                            settings.exportDirectory(),
                            settings.serving().scratchDirectory())
                    .endOfOthersThan(machines);
            begun = true;
        }
        synchronized (reconcilers) {
            if (closed || term.isFenced()) {
                return;
            }
            for (Desired desired : wake.changed()) {
                Reconciler running = reconcilers.get(desired.machine());
                if (running == null) {
                    reconcilers.put(desired.machine(), start(desired, term, leased));
                } else {
                    running.wake(desired);
                }
            }
            for (MachineId machine : wake.removed()) {
                Reconciler running = reconcilers.remove(machine);
                if (running != null) {
                    running.forget();
                }
            }
            for (MachineId machine : wake.lookAt()) {
                Reconciler running = reconcilers.get(machine);
                if (running != null) {
                    running.lookNow();
                }
            }
        }
    }

    /** What its reconciler can reach; machines share nothing there but the coordinator, the watch on images, and where may be written. */
    private Surroundings surroundings(MachineId machine, Term term, LeasedLink leased) {
        CrashHook own = crash.of(machine.value());
        Repositories repositories = new Repositories(
                settings.repositories(),
                settings.keys(),
                own,
                targets,
                new RestoreRoots(settings.bounds().restoreRoots()));
        return new Surroundings(
                leased,
                new LeasedConnector(
                        new QmpConnector(
                                settings.lockDirectory(),
                                settings.bounds().limits(),
                                settings.bounds().peers(),
                                new HostPlaces(
                                        repositories,
                                        settings.exportDirectory(),
                                        settings.serving().tcp()),
                                settings.patience().query(),
                                settings.patience().transaction(),
                                own,
                                images,
                                watch),
                        term),
                new LeasedStorage(
                        new HostStorage(
                                repositories,
                                settings.exportDirectory(),
                                settings.serving().tcp(),
                                settings.serving().scratchDirectory()),
                        term),
                new HostClockwork(),
                settings.patience().look(),
                settings.patience().stall(),
                own,
                new LeasedGuestAgent(
                        Surroundings.guestAgentOfThisHost(settings.bounds().peers()), term),
                work);
    }

    private Reconciler start(Desired desired, Term term, LeasedLink leased) {
        return Reconciler.start(surroundings(desired.machine(), term, leased), desired, () -> {
            synchronized (reconcilers) {
                if (!term.isFenced()) {
                    reconcilers.remove(desired.machine());
                }
            }
        });
    }
}
