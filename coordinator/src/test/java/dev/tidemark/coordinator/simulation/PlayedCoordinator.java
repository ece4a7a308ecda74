package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.chain.Decision;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.gateway.reconcile.Reconciler;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Production's dispatch, one life of it at a time, and the line between it and the gateway. */
final class PlayedCoordinator {
    private static final long CATCH_UP_NANOSECONDS = 5_000_000_000L;
    private static final long RETRY_MILLISECONDS_MAX = 1_500;

    private final Simulation simulation;
    private @Nullable Dispatch dispatch;
    private long life;
    private boolean waking;

    PlayedCoordinator(Simulation simulation) {
        this.simulation = simulation;
    }

    /** Differs in each life, and while there is none. */
    long life() {
        return life;
    }

    boolean isUp() {
        return dispatch != null;
    }

    void start() {
        if (dispatch != null) {
            return;
        }
        life++;
        Dispatch started = new Dispatch(simulation.log, "epoch-" + life);
        if (simulation.log.now().version() > 0) {
            started.track(simulation.log.now());
        }
        dispatch = started;
        simulation.world.in(CATCH_UP_NANOSECONDS, () -> catchUp(started));
        simulation.world.note(() -> "the coordinator starts");
        wake();
    }

    private void catchUp(Dispatch of) {
        if (dispatch != of) {
            return;
        }
        try {
            if (simulation.saboteur != Saboteur.NEVER_CATCHES_UP) {
                of.catchUp();
            }
            wake();
        } catch (PlayedLog.Unavailable down) {
            simulation.world.note(() -> "no catching up: " + down.getMessage());
        }
        simulation.world.in(CATCH_UP_NANOSECONDS, () -> catchUp(of));
    }

    void kill() {
        if (dispatch != null) {
            simulation.world.note(() -> "the coordinator is killed");
            life++;
            dispatch = null;
        }
    }

    /** As the ledger tells its listener. */
    void committed(long version, List<MachineEvent> events) {
        if (dispatch != null) {
            dispatch.committed(simulation.id, version, events);
            wake();
        }
    }

    Decision submit(MachineCommand command) {
        if (dispatch == null) {
            throw new PlayedLog.Unavailable("the coordinator is down");
        }
        return simulation.log.execute(command);
    }

    /** The gateway's long wait for news ends. */
    void wake() {
        if (!waking) {
            waking = true;
            simulation.world.in(simulation.world.dice.milliseconds(5), this::woken);
        }
    }

    private void woken() {
        waking = false;
        GatewayLife gateway = simulation.gateway;
        if (gateway == null || gateway.isDead()) {
            return;
        }
        simulation.director.at(Site.WAKE, false);
        Fault fault = simulation.fault(Site.WAKE);
        if (dispatch == null || fault == Fault.LOST_BEFORE || gateway.isDead()) {
            again();
            return;
        }
        try {
            CoordinatorLink.Wake wake = dispatch.await(Simulation.HOST, gateway.cursor, Duration.ZERO);
            if (fault == Fault.LOST_AFTER) {
                again();
                return;
            }
            gateway.cursor = wake.cursor();
            pass(gateway, wake);
        } catch (LinkException unreachable) {
            again();
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void again() {
        if (!waking) {
            waking = true;
            simulation.world.in(simulation.world.dice.milliseconds((int) RETRY_MILLISECONDS_MAX), this::woken);
        }
    }

    /** As the gateway passes news on to its reconcilers. */
    private void pass(GatewayLife gateway, CoordinatorLink.Wake wake) {
        for (Desired desired : wake.changed()) {
            Reconciler running = gateway.reconciler;
            if (running == null) {
                gateway.reconciler = simulation.reconciler(gateway, desired);
            } else {
                running.wake(desired);
            }
        }
        for (MachineId ignored : wake.removed()) {
            Reconciler running = gateway.reconciler;
            if (running != null) {
                gateway.reconciler = null;
                running.stop();
            }
        }
        for (MachineId ignored : wake.lookAt()) {
            if (gateway.reconciler != null) {
                gateway.reconciler.lookNow();
            }
        }
    }

    private Optional<Desired> deliver(Report report, boolean fresh) throws LinkException {
        if (dispatch == null) {
            throw new LinkException("connection refused");
        }
        Optional<Desired> answer = dispatch.report(simulation.saboteur.told(simulation, report));
        // A rival's command may have come in between: then it was read at another version, and not concluded from.
        boolean current = report.version() == simulation.log.decidedAt();
        if (fresh && current && simulation.isFresh() && report.sight() instanceof Sight.Observed) {
            simulation.judge.tracking();
        }
        return answer;
    }

    CoordinatorLink of(GatewayLife gateway) {
        return new Line(gateway);
    }

    private final class Line implements CoordinatorLink {
        private final GatewayLife gateway;

        Line(GatewayLife gateway) {
            this.gateway = gateway;
        }

        @Override
        public Lease claim(HostName host, Claim claim) {
            throw new UnsupportedOperationException("reconcilers ask for no leases");
        }

        @Override
        public Wake await(HostName host, String cursor, Duration timeLimit) {
            throw new IllegalStateException("a reconciler does not wait for news itself");
        }

        @Override
        public Optional<Desired> report(Report report) throws LinkException {
            simulation.pass(gateway, Site.REPORT, false);
            Fault fault = simulation.fault(Site.REPORT);
            if (fault == Fault.LOST_BEFORE) {
                throw new LinkException("the request was lost");
            }
            simulation.world.note(() ->
                    "report at " + report.version() + ": " + report.results() + " " + simulation.told(report.sight()));
            Optional<Desired> answer = deliver(report, simulation.isFresh());
            if (fault == Fault.TWICE) {
                simulation.world.in(simulation.world.dice.milliseconds(3_000), () -> redeliver(report));
            }
            simulation.pass(gateway, Site.REPORT, true);
            if (fault == Fault.LOST_AFTER) {
                throw new LinkException("the answer was lost");
            }
            return answer;
        }

        private void redeliver(Report report) {
            try {
                simulation.world.note(() -> "an old report comes again: " + report.version());
                boolean old = report.version() != simulation.log.now().version();
                int before = simulation.log.events().size();
                deliver(report, false);
                if (old) {
                    simulation.judge.nothingWasSeen(simulation
                            .log
                            .events()
                            .subList(before, simulation.log.events().size()));
                }
            } catch (LinkException gone) {
                simulation.world.note(() -> "an old report came to nobody");
            }
        }

        @Override
        public void progress(Progress progress) {
            if (dispatch != null) {
                dispatch.progress(progress);
            }
        }
    }
}
