package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.qga.GuestAgent;
import dev.tidemark.gateway.qga.GuestAgent.FileSystems;
import dev.tidemark.gateway.qga.GuestAgentFailure;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.GuestReport;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.OperationId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guest's file systems around a transaction: announced to the log, frozen, thawed, told.
 *
 * <p>Invariants: nothing is frozen before the log says that it may be; whatever the log says may be frozen, and this process did not
 * freeze itself, is thawed before anything else; a guest of which the log says nothing is somebody else's and left alone. A moment is
 * {@link Moment#FROZEN} only if as many file systems were frozen after the answer to the transaction as before it was sent.
 */
final class Quiescence {
    private static final Logger LOG = LoggerFactory.getLogger(Quiescence.class);
    private static final Duration THAW_DISTANCE = Duration.ofSeconds(5);

    private final GuestAgent agent;
    private final Clockwork clockwork;
    private final CrashHook crash;
    private final Signals signals;

    /** The log says so because we asked for it, and we have frozen nothing since, or know how that ended. */
    private Optional<OperationId> announced = Optional.empty();

    private volatile Optional<GuestReport> news = Optional.empty();
    private final AtomicInteger touches = new AtomicInteger();
    private volatile boolean thawing;

    /** What is owed, and when it was last tried in vain. */
    private Optional<OperationId> owed = Optional.empty();

    private long triedAtNanos;
    private volatile String doubt = "";

    Quiescence(GuestAgent agent, Clockwork clockwork, CrashHook crash, Signals signals) {
        this.agent = agent;
        this.clockwork = clockwork;
        this.crash = crash;
        this.signals = signals;
    }

    interface Transaction {
        void send() throws QmpException;
    }

    /** What the coordinator has to hear, until its answer shows that it has. */
    Optional<GuestReport> news() {
        return news;
    }

    /** Changes whenever a guest is frozen or thawed: what was asked before and answered after is worth nothing. */
    int touches() {
        return touches.get();
    }

    /** Before anything that takes time: thaws what somebody before us may have frozen. Later tries run beside. */
    void thawOwed(Desired desired) {
        Optional<OperationId> frozenBy = desired.frozenBy();
        if (frozenBy.isEmpty()) {
            if (news.isPresent() || announced.isPresent()) {
                news = Optional.empty();
                announced = Optional.empty();
            }
            owed = Optional.empty();
            return;
        }
        OperationId operation = frozenBy.get();
        if (thawing || news.filter(told -> told.operation().equals(operation)).isPresent()) {
            return;
        }
        if (announced.equals(frozenBy)) {
            boolean asked = desired.operation()
                    .filter(pending -> pending.id().equals(operation))
                    .isPresent();
            if (!asked) {
                tell(operation, Moment.crashBecause("the guest was never frozen"));
            }
            return;
        }
        boolean first = !owed.equals(frozenBy);
        if (first) {
            owed = frozenBy;
            LOG.warn("{}: operation {} may have frozen the guest: it is thawed first", desired.name(), operation);
            thawOwed(desired, operation);
        } else if (clockwork.nanoTime() - triedAtNanos >= THAW_DISTANCE.toNanos()) {
            thawing = true;
            triedAtNanos = clockwork.nanoTime();
            clockwork
                    .prepare("thaw " + desired.name(), () -> {
                        try {
                            thawOwed(desired, operation);
                        } finally {
                            thawing = false;
                            signals.hint();
                        }
                    })
                    .start();
        }
    }

    /** QEMU answers, perhaps another one than before: what was tried in vain is tried at once. */
    void beginSession() {
        owed = Optional.empty();
    }

    private void thawOwed(Desired desired, OperationId operation) {
        triedAtNanos = clockwork.nanoTime();
        try {
            crash.at(CrashPoint.BEFORE_THAW);
            GuestAgent.Thaw thaw = agent.thawIfFrozen(socket(desired));
            touches.incrementAndGet();
            crash.at(CrashPoint.AFTER_THAW);
            LOG.warn("{}: {} file systems were still frozen", desired.name(), thaw.fileSystems());
            String cause = doubt.isEmpty()
                    ? "the gateway was restarted before it could tell whether the guest was frozen at the moment"
                    : doubt;
            tell(operation, Moment.crashBecause(cause));
        } catch (GuestAgentFailure failure) {
            LOG.warn("{}: cannot be thawed yet: {}", desired.name(), failure.getMessage());
        }
    }

    /** How long a reconciler may wait that would wait so long. */
    Duration patience(Duration wanted) {
        return owed.isPresent() && news.isEmpty() && wanted.compareTo(THAW_DISTANCE) > 0 ? THAW_DISTANCE : wanted;
    }

    /** Whether the log says that we may freeze for this operation, and we have not yet. */
    boolean mayFreeze(Desired desired, Operation operation) {
        return desired.frozenBy().equals(Optional.of(operation.id()))
                && announced.equals(desired.frozenBy())
                && news.isEmpty();
    }

    /** Why this operation cannot have a frozen guest, as far as can be seen without freezing it. */
    Optional<Refused> obstacle(Desired desired) {
        if (desired.qgaSocket().isEmpty()) {
            return unavailable("the machine has no guest agent's socket");
        }
        if (desired.frozenBy().isPresent()) {
            if (news.isEmpty() && !thawing) {
                thawOwed(desired, desired.frozenBy().get());
            }
            return news.isPresent()
                    ? Optional.empty()
                    : unavailable("operation " + desired.frozenBy().get()
                            + " has frozen the guest, and its agent does not let it be thawed");
        }
        try {
            FileSystems state = agent.fileSystems(socket(desired));
            return state == FileSystems.THAWED
                    ? Optional.empty()
                    : Optional.of(new Refused(
                            FailureCode.QUIESCE_FAILED,
                            "the guest's file systems are frozen already, and nobody in this log froze them"));
        } catch (GuestAgentFailure failure) {
            return unavailable(String.valueOf(failure.getMessage()));
        }
    }

    /** The answer to the report that announced it. */
    void announced(Operation operation, Desired answer) {
        announced = Optional.of(operation.id()).filter(id -> answer.frozenBy().equals(Optional.of(id)));
    }

    /**
     * Sends a transaction, of a frozen guest if the operation wants that. The guest is thawed when this returns, however it returns,
     * unless the agent does not let it: then that is owed.
     *
     * @return why the guest was not frozen and nothing was sent; empty if it was
     */
    Optional<Refused> around(Desired desired, Operation operation, Transaction transaction) throws QmpException {
        if (!operation.quiesce()) {
            transaction.send();
            return Optional.empty();
        }
        int frozen;
        touches.incrementAndGet();
        try {
            crash.at(CrashPoint.BEFORE_FREEZE);
            frozen = agent.freeze(socket(desired));
        } catch (GuestAgentFailure failure) {
            String words = String.valueOf(failure.getMessage());
            if (failure.mayBeFrozen()) {
                thaw(desired, operation, thaw -> Moment.crashBecause(words));
            } else {
                tell(operation.id(), Moment.crashBecause(words));
            }
            return failure.reason() == GuestAgentFailure.Reason.UNAVAILABLE
                    ? unavailable(words)
                    : Optional.of(new Refused(FailureCode.QUIESCE_FAILED, words));
        }
        if (frozen == 0) {
            String words = "the guest froze none of its file systems";
            thaw(desired, operation, thaw -> Moment.crashBecause(words));
            return Optional.of(new Refused(FailureCode.QUIESCE_FAILED, words));
        }
        boolean answered = false;
        try {
            crash.at(CrashPoint.AFTER_FREEZE);
            transaction.send();
            answered = true;
            return Optional.empty();
        } finally {
            boolean executed = answered;
            thaw(desired, operation, thaw -> judged(executed, frozen, thaw));
        }
    }

    private static Moment judged(boolean executed, int frozen, GuestAgent.Thaw thaw) {
        if (!executed) {
            return Moment.crashBecause(
                    "QEMU did not say that it executed the transaction before the guest had to be thawed");
        }
        return thaw.fileSystems() >= frozen
                ? Moment.FROZEN
                : Moment.crashBecause("the guest thawed before the transaction was over: of " + frozen
                        + " frozen file systems " + thaw.fileSystems() + " still were"
                        + thaw.complaint().map(words -> " (" + words + ")").orElse(""));
    }

    private interface Judgement {
        Moment of(GuestAgent.Thaw thaw);
    }

    private void thaw(Desired desired, Operation operation, Judgement judgement) {
        // Whoever stops us must not leave a frozen guest behind; an interrupted thread can use no channel.
        boolean interrupted = Thread.interrupted();
        try {
            crash.at(CrashPoint.BEFORE_THAW);
            GuestAgent.Thaw thaw = agent.thaw(socket(desired));
            touches.incrementAndGet();
            crash.at(CrashPoint.AFTER_THAW);
            tell(operation.id(), judgement.of(thaw));
        } catch (GuestAgentFailure failure) {
            LOG.warn("{}: the guest could not be thawed: {}", desired.name(), failure.getMessage());
            announced = Optional.empty();
            owed = Optional.of(operation.id());
            triedAtNanos = clockwork.nanoTime() - THAW_DISTANCE.toNanos();
            doubt = "the guest could not be thawed at once: " + failure.getMessage();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void tell(OperationId operation, Moment moment) {
        doubt = "";
        news = Optional.of(new GuestReport.Thawed(operation, moment));
    }

    private static Optional<Refused> unavailable(String words) {
        return Optional.of(new Refused(FailureCode.GUEST_AGENT_UNAVAILABLE, words));
    }

    private static Path socket(Desired desired) {
        return Path.of(desired.qgaSocket().orElseThrow());
    }
}
