package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.export.ExportSocket;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpEvent;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpUnavailable;
import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one machine as its log says, on one thread: connects, runs passes, and waits. It has no memory that matters: whoever
 * comes after it finds everything in the log, in QEMU and in the repository. Stopping it leaves QEMU as it is.
 */
public final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration DELAY_MIN = Duration.ofMillis(100);
    private static final Duration DELAY_MAX = Duration.ofSeconds(5);

    /** A flood of events costs one look in this time, so that a machine that floods delays itself alone (I19). */
    private static final Duration LOOK_DISTANCE = Duration.ofMillis(20);

    /** Events after which there may be something to see; others only say that a guest lives. */
    private static final Set<String> TELLING_PREFIXES = Set.of(
            "JOB_",
            "BLOCK_JOB_",
            "BLOCK_EXPORT_",
            "BLOCK_IO_ERROR",
            "BLOCK_IMAGE_",
            "DEVICE_",
            "SHUTDOWN",
            "RESET",
            "MIGRATION",
            "STOP",
            "RESUME");

    private final Surroundings surroundings;
    private final Signals signals;
    private final Reporter reporter;
    private final Pass pass;
    private final Quiescence quiescence;
    private final RepositoryRunner repositoryRunner;
    private final MachineId machine;
    private final Clockwork.Work work;
    private final Runnable onUnregistered;
    private Duration delay = DELAY_MIN;
    private long unreachableSinceNanos;
    private volatile boolean forgotten;
    private boolean reachable = true;
    private boolean passed;
    private Optional<Sight.Unreachable> toldUnreachable = Optional.empty();

    private Reconciler(Surroundings surroundings, Desired desired, Runnable onUnregistered) {
        this.surroundings = surroundings;
        this.machine = desired.machine();
        this.signals = new Signals(desired, surroundings.clockwork());
        this.quiescence =
                new Quiescence(surroundings.guestAgent(), surroundings.clockwork(), surroundings.crash(), signals);
        this.reporter =
                new Reporter(surroundings.link(), surroundings.crash(), signals, quiescence, surroundings.clockwork());
        this.repositoryRunner = new RepositoryRunner(surroundings, signals);
        this.pass = new Pass(surroundings, signals, reporter, repositoryRunner, quiescence);
        this.onUnregistered = onUnregistered;
        this.work = surroundings.clockwork().prepare("reconcile " + desired.name(), this::runNamed);
    }

    /**
     * Starts to keep a machine.
     *
     * @param onUnregistered is called once if the coordinator says that it no longer knows the machine
     */
    public static Reconciler start(Surroundings surroundings, Desired desired, Runnable onUnregistered) {
        Reconciler reconciler = new Reconciler(surroundings, desired, onUnregistered);
        reconciler.work.start();
        return reconciler;
    }

    /** A new desired state: acted on at once. */
    public void wake(Desired desired) {
        signals.offer(desired);
        // Whoever wants data back must not wait for a QEMU that hangs.
        repositoryRunner.serve(desired);
    }

    /** Looks and reports now, even if nothing changed. */
    public void lookNow() {
        signals.askForLook();
    }

    /** Asks it to stop; QEMU stays as it is, and jobs keep running. */
    public void stop() {
        signals.stop();
        work.interrupt();
    }

    /** As {@link #stop}, for good: its machine was removed, and what is served for it ends. */
    public void forget() {
        forgotten = true;
        stop();
    }

    /** Waits until it has stopped; false if it has not in time. */
    public boolean awaitStopped(Duration timeLimit) throws InterruptedException {
        return work.join(timeLimit);
    }

    private void runNamed() {
        try (LogContext _ = LogContext.of(machine)) {
            run();
        }
    }

    private void run() {
        boolean unregistered = false;
        try {
            unregistered = keep();
        } catch (InterruptedException stopped) {
            LOG.debug("{}: stopped", machine);
        } finally {
            tearDown(unregistered || forgotten);
        }
        if (unregistered) {
            onUnregistered.run();
        }
    }

    private void tearDown(boolean forGood) {
        // The flag that asked us to stop must cut short nothing of this; and it may come late, in the midst of it.
        boolean interrupted = Thread.interrupted();
        interrupted |= wasInterruptedIn(pass::stop);
        interrupted |= wasInterruptedIn(() -> repositoryRunner.stop(forGood));
        if (forGood) {
            interrupted |= wasInterruptedIn(this::leaveNoPlace);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private interface LastWork {
        void run() throws InterruptedException;
    }

    /** Does it, and once more if an interrupt came meanwhile, thrown or not: what was looked at then may have been told as not there. */
    private static boolean wasInterruptedIn(LastWork work) {
        try {
            work.run();
            if (!Thread.interrupted()) {
                return false;
            }
        } catch (InterruptedException late) {
            LOG.debug("to be done again, for it was interrupted", late);
        }
        try {
            work.run();
        } catch (InterruptedException again) {
            LOG.warn("interrupted twice: something may be left for the next start", again);
        }
        return true;
    }

    /** Where the machine served clients is anybody's again, unless its QEMU still does. */
    private void leaveNoPlace() throws InterruptedException {
        ExportSocket socket = surroundings.storage().exportSocket(machine);
        try {
            if (!socket.exists()) {
                return;
            }
            if (socket.isServed()) {
                LOG.warn("{} was removed, and its QEMU still serves on {}", machine, socket.listening());
            } else {
                socket.remove();
            }
        } catch (ClosedByInterruptException late) {
            boolean _ = Thread.interrupted();
            InterruptedException interrupted =
                    new InterruptedException("interrupted while a server's place was given up");
            interrupted.initCause(late);
            throw interrupted;
        } catch (IOException failure) {
            LOG.warn("what is left of the server of {} stays: {}", machine, failure.getMessage());
        }
    }

    private boolean keep() throws InterruptedException {
        while (!signals.isStopped()) {
            String socket = signals.desired().qmpSocket();
            repositoryRunner.serve(signals.desired());
            // The guest comes first, whatever QEMU's monitor does.
            quiescence.thawOwed(signals.desired());
            try (Qemu qemu = surroundings.connector().open(Path.of(socket), this::onEvent, signals::hint);
                    GuestWatch guest = new GuestWatch(surroundings, signals, quiescence)) {
                if (keepSession(qemu, guest, socket)) {
                    return true;
                }
            } catch (QmpException | UnusableReply failure) {
                if (Thread.interrupted() || signals.isStopped()) {
                    return false;
                }
                if (passed) {
                    // A session that ended tells nothing yet: whether QEMU can be reached is seen by trying.
                    passed = false;
                    continue;
                }
                if (tellUnreachable(failure)) {
                    return true;
                }
                signals.awaitUrgent(delay);
                delay = longer(delay);
            } catch (RuntimeException bug) {
                // Sorted at the edge: a bug costs its machine a new session, and no other machine anything.
                LOG.error("the reconciler of machine {} failed and begins again", machine, bug);
                signals.beginPass();
                signals.awaitUrgent(DELAY_MAX);
            }
        }
        return false;
    }

    /** Keeps the machine while the session lasts; true if it is no longer registered. */
    private boolean keepSession(Qemu qemu, GuestWatch guest, String socket)
            throws QmpException, UnusableReply, InterruptedException {
        reporter.beginSession();
        quiescence.beginSession();
        DirtyCounts counts = new DirtyCounts();
        Duration linkDelay = DELAY_MIN;
        while (!signals.isStopped() && signals.desired().qmpSocket().equals(socket)) {
            long begun = surroundings.clockwork().nanoTime();
            try {
                Pass.End end = pass.run(qemu, counts, guest);
                if (end == Pass.End.UNREGISTERED) {
                    return true;
                }
                repositoryRunner.run(signals.desired());
                reachable = true;
                passed = true;
                toldUnreachable = Optional.empty();
                delay = DELAY_MIN;
                linkDelay = DELAY_MIN;
                if (end == Pass.End.IDLE) {
                    signals.await(quiescence.patience(surroundings.lookInterval()));
                    rest(begun);
                }
            } catch (LinkException unreachable) {
                LOG.warn("{}: the coordinator could not be told: {}", machine, unreachable.getMessage());
                signals.awaitUrgent(linkDelay);
                linkDelay = longer(linkDelay);
            }
        }
        return false;
    }

    private void rest(long begunNanos) throws InterruptedException {
        Duration since = Duration.ofNanos(surroundings.clockwork().nanoTime() - begunNanos);
        if (since.compareTo(LOOK_DISTANCE) < 0) {
            signals.awaitUrgent(LOOK_DISTANCE.minus(since));
        }
    }

    /** True if the machine is no longer registered. */
    private boolean tellUnreachable(Exception failure) throws InterruptedException {
        if (reachable) {
            reachable = false;
            unreachableSinceNanos = surroundings.clockwork().nanoTime();
        }
        long milliseconds = (surroundings.clockwork().nanoTime() - unreachableSinceNanos) / 1_000_000;
        Sight.Unreachable sight =
                new Sight.Unreachable(String.valueOf(failure.getMessage()), isProcessGone(failure), milliseconds);
        Desired desired = signals.desired();
        List<OperationResult> results = pass.inDoubt().stream().toList();
        boolean lookAsked = signals.takeLookAsked();
        signals.beginPass();
        repositoryRunner.run(desired);
        if (!lookAsked
                && results.isEmpty()
                && desired.operation().isEmpty()
                && quiescence.news().isEmpty()
                && isTold(sight)) {
            return false;
        }
        LOG.info("{}: {}", desired.name(), sight.detail());
        try {
            boolean unregistered = reporter.send(desired, sight, results).isEmpty();
            toldUnreachable = Optional.of(sight);
            return unregistered;
        } catch (LinkException unreachable) {
            LOG.warn("{}: the coordinator could not be told: {}", machine, unreachable.getMessage());
            return false;
        }
    }

    /** With nothing pending it is enough to say so again now and then. */
    private boolean isTold(Sight.Unreachable sight) {
        return toldUnreachable
                .filter(told -> told.processGone() == sight.processGone())
                .filter(told -> sight.forMilliseconds() - told.forMilliseconds()
                        < surroundings.lookInterval().toMillis())
                .isPresent();
    }

    /** Only a socket on which nobody listens tells that the process is gone; silence tells nothing (qemu-facts §11.1 #30). */
    private static boolean isProcessGone(Exception failure) {
        return failure instanceof QmpUnavailable unavailable
                && (unavailable.reason() == QmpUnavailable.Reason.NO_SOCKET
                        || unavailable.reason() == QmpUnavailable.Reason.REFUSED);
    }

    private void onEvent(QmpEvent event) {
        for (String prefix : TELLING_PREFIXES) {
            if (event.name().startsWith(prefix)) {
                signals.hint();
                return;
            }
        }
    }

    private static Duration longer(Duration delay) {
        Duration doubled = delay.plus(delay);
        return doubled.compareTo(DELAY_MAX) > 0 ? DELAY_MAX : doubled;
    }
}
