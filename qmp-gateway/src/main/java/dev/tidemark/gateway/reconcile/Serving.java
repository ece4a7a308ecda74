package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.repository.OpenExport;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.gateway.trail.WorkWatch;
import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.Countdown;
import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Origin;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Done;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One restore point that is served, from the thread that opens it to its end: the process that serves it dies with that thread. */
final class Serving {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    /** With less room than this, in bytes, a client that writes fast could fill it before anybody looks again. */
    private static final long ROOM_MIN = PullService.ROOM_MIN;

    private static final Duration ROOM_LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final Duration WAIT_MAX = Duration.ofHours(1);
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(10);
    private static final Duration DELAY_MIN = Duration.ofMillis(200);

    private final Surroundings surroundings;
    private final ResultReport reports;
    private final MachineId machine;
    private final Over over;
    private final Optional<Origin> origin;
    private final Clockwork.Work work;
    private RestoreExportOperation operation;
    private boolean aborted;
    private boolean forgotten;
    private boolean forGood;
    private boolean ended;
    private final Countdown lease = new Countdown();

    /** Is told when it is over; {@code done}: and the coordinator knows. */
    @FunctionalInterface
    interface Over {
        void over(OperationId export, boolean done);
    }

    Serving(
            Surroundings surroundings,
            ResultReport reports,
            MachineId machine,
            Optional<Origin> origin,
            RepositoryOperation asked,
            Over over) {
        this.origin = origin;
        this.surroundings = surroundings;
        this.reports = reports;
        this.machine = machine;
        this.operation = export(asked);
        this.aborted = asked instanceof AbortOperation;
        this.over = over;
        this.work = surroundings.clockwork().prepare("export " + asked.id(), this::runNamed);
    }

    void start() {
        work.start();
    }

    /** What is now asked for. */
    synchronized void tell(RepositoryOperation now) {
        operation = export(now);
        aborted = now instanceof AbortOperation;
        notifyAll();
    }

    /** The log says that it has ended. */
    synchronized void forget() {
        forgotten = true;
        notifyAll();
    }

    /** What clients wrote stays for whoever comes next, unless it is {@code forGood}. */
    void stop(boolean nobodyGoesOn) {
        synchronized (this) {
            forGood = nobodyGoesOn;
        }
        work.interrupt();
    }

    boolean awaitStopped(Duration timeLimit) throws InterruptedException {
        return work.join(timeLimit);
    }

    private static RestoreExportOperation export(RepositoryOperation asked) {
        return switch (asked) {
            case RestoreExportOperation export -> export;
            case AbortOperation abort -> export(abort.errand());
            case VerifyOperation _, RestoreOperation _, DeleteBackupOperation _, MergeBackupOperation _ ->
                throw new IllegalArgumentException("no export: " + asked.id());
        };
    }

    private synchronized boolean isAborted() {
        return aborted;
    }

    private synchronized RestoreExportOperation operation() {
        return operation;
    }

    private synchronized boolean isForGood() {
        return forGood;
    }

    private synchronized boolean isForgotten() {
        return forgotten;
    }

    private void runNamed() {
        RestoreExportOperation export = operation();
        try (LogContext _ = LogContext.of(machine, export.id(), origin.flatMap(Origin::request));
                WorkWatch.Errand errand = surroundings.work().begin(Errands.kind(export), origin)) {
            run(errand);
        }
    }

    private void run(WorkWatch.Errand errand) {
        OperationId id = operation().id();
        boolean done = false;
        try {
            Optional<Outcome> end = served();
            end.map(Errands::word).ifPresent(errand::came);
            if (end.isPresent() && !isForgotten()) {
                reports.untilRecorded(machine, new OperationResult(id, end.get()));
            }
            done = true;
        } catch (InterruptedException stopped) {
            LOG.debug("export {} was stopped and can be opened again", id);
        } finally {
            over.over(id, done);
        }
    }

    /** How it ended; nothing if nobody needs to be told. */
    private Optional<Outcome> served() throws InterruptedException {
        try {
            Optional<Outcome> end = mustEnd();
            if (end.isPresent()) {
                surroundings.storage().endLeft(machine, operation().id());
                return end;
            }
            Optional<OpenExport> open = opened();
            if (open.isEmpty()) {
                surroundings.storage().endLeft(machine, operation().id());
                return mustEnd();
            }
            return untilEnd(open.get());
        } catch (RepositoryException refusal) {
            RepositoryException failure = refusal.unlessInterrupted();
            LOG.warn("export {}: {}", operation().id(), failure.getMessage());
            return Optional.of(failure.refused());
        } catch (RuntimeException bug) {
            LOG.error("export {} failed", operation().id(), bug);
            return Optional.of(new Refused(FailureCode.REPOSITORY_FAILED, String.valueOf(bug)));
        }
    }

    /** Nothing if its end came first: what clients wrote waits as long for a gateway that was told less than the one before it. */
    private Optional<OpenExport> opened() throws RepositoryException, InterruptedException {
        boolean told = false;
        while (!isForgotten() && mustEnd().isEmpty()) {
            try {
                return Optional.of(surroundings.storage().export(operation(), machine));
            } catch (RepositoryException refusal) {
                if (!isWrittenAndMayComeBack(refusal)) {
                    throw refusal;
                }
                if (!told) {
                    LOG.warn(
                            "export {} is not served, and what clients wrote to it is kept until its lease ends or it is"
                                    + " ended: {}",
                            operation().id(),
                            refusal.getMessage());
                    told = true;
                }
                await(RETRY_INTERVAL);
            }
        }
        return Optional.empty();
    }

    private boolean isWrittenAndMayComeBack(RepositoryException refusal) {
        boolean startedWithLess =
                refusal.code() == FailureCode.KEY_MISSING || refusal.code() == FailureCode.REPOSITORY_UNKNOWN;
        return startedWithLess
                && operation().terms().writable()
                && surroundings
                        .storage()
                        .exportsLeft(machine)
                        .contains(operation().id());
    }

    private Optional<Outcome> untilEnd(OpenExport open) throws RepositoryException, InterruptedException {
        boolean closed = false;
        try {
            open.onEnd(this::noticeEnd);
            OperationResult opened =
                    new OperationResult(operation().id(), new Done(new Evidence.Exported(open.disks())));
            boolean told = false;
            Duration delay = DELAY_MIN;
            Optional<Outcome> end = end(open);
            while (end.isEmpty() && !isForgotten()) {
                told = told || reports.once(machine, opened);
                delay = told ? delay : ResultReport.longer(delay);
                await(told ? patience() : delay);
                end = end(open);
            }
            closed = true;
            open.end();
            return end;
        } finally {
            if (!closed) {
                leave(open);
            }
        }
    }

    private void leave(OpenExport open) throws RepositoryException {
        // The flag that asked us to stop must not cut short the last thing that the process has to do.
        boolean interrupted = Thread.interrupted();
        try {
            if (isForGood()) {
                open.end();
            } else {
                open.leave();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void noticeEnd() {
        ended = true;
        notifyAll();
    }

    private synchronized void await(Duration time) throws InterruptedException {
        if (!forgotten && !ended && !aborted && !operation.ending()) {
            // Rounded up: wait(0) would mean for ever.
            surroundings.clockwork().wait(this, time.toMillis() + 1);
        }
    }

    private Duration patience() {
        Duration left = left(operation());
        Duration most = operation().terms().writable() ? ROOM_LOOK_INTERVAL : WAIT_MAX;
        return left.isNegative() ? Duration.ZERO : left.compareTo(most) < 0 ? left : most;
    }

    private Duration left(RestoreExportOperation now) {
        return lease.left(
                now.terms().leaseUntil(),
                surroundings.clockwork().now(),
                surroundings.clockwork().nanoTime());
    }

    /** Why it has to end now. */
    private Optional<Outcome> end(OpenExport open) {
        return mustEnd()
                .or(() -> open.fault().map(fault -> new Refused(FailureCode.EXPORT_GONE, fault)))
                .or(() -> roomGone(open));
    }

    private Optional<Outcome> mustEnd() {
        RestoreExportOperation now = operation();
        if (isAborted()) {
            return Optional.of(new Refused(FailureCode.ABORTED, "the export was ended on request"));
        }
        if (now.ending()) {
            return Optional.of(new Done(new Evidence.Closed()));
        }
        return left(now).isPositive()
                ? Optional.empty()
                : Optional.of(new Refused(
                        FailureCode.LEASE_EXPIRED,
                        "nobody has ended the export by " + now.terms().leaseUntil()));
    }

    private static Optional<Outcome> roomGone(OpenExport open) {
        try {
            OptionalLong room = open.room();
            return room.isPresent() && room.getAsLong() < ROOM_MIN
                    ? Optional.of(new Refused(
                            FailureCode.SCRATCH_FULL,
                            "there are only " + room.getAsLong() + " bytes left for what clients write"))
                    : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.of(new Refused(
                    FailureCode.REPOSITORY_FAILED, "what clients write cannot be looked at: " + unreadable));
        }
    }
}
