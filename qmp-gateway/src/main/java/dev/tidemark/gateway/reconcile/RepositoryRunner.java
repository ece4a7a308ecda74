package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.gateway.trail.WorkWatch;
import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Origin;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works off what needs the repository alone, one after the other on a thread of its own, so that hours of reading never keep
 * QEMU from being looked at. An operation that was told as ended is not begun again, however old the desired state that lists it.
 */
final class RepositoryRunner {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryRunner.class);
    private static final Duration STOP_TIME_MAX = Duration.ofSeconds(1);

    private final Surroundings surroundings;
    private final Signals signals;
    private final ResultReport reports;
    private final ExportRunner exports;
    private final Set<OperationId> ended = new HashSet<>();
    private Clockwork.@Nullable Work work;
    private @Nullable RepositoryOperation running;
    private boolean busy;

    RepositoryRunner(Surroundings surroundings, Signals signals) {
        this.surroundings = surroundings;
        this.signals = signals;
        this.reports = new ResultReport(surroundings, signals);
        this.exports = new ExportRunner(surroundings, signals, reports);
    }

    /** Begins the next one if none is being worked on. What is served stands in nobody's way, and waits for nobody. */
    void run(Desired desired) {
        serve(desired);
        runNext(desired);
    }

    /** What is to be served: that needs neither QEMU nor the reconciler's thread. */
    void serve(Desired desired) {
        exports.run(desired);
    }

    private synchronized void runNext(Desired asked) {
        // The one before may have ended since the caller looked: what the log says of files is that of before its end.
        Desired newest = signals.desired();
        Desired desired = newest.version() > asked.version() ? newest : asked;
        if (signals.isStopped()) {
            return;
        }
        if (busy) {
            endIfAborted(desired);
            return;
        }
        if (desired.repositoryOperations().isEmpty()) {
            ended.clear();
            return;
        }
        // What is no longer asked for need not be remembered.
        ended.retainAll(desired.repositoryOperations().stream()
                .map(RepositoryOperation::id)
                .toList());
        Optional<RepositoryOperation> next = desired.repositoryOperations().stream()
                .filter(operation -> !isExport(operation) && !ended.contains(operation.id()))
                // What is to end does not wait for hours of reading that were asked for before it.
                .min(Comparator.comparing(operation -> !(operation instanceof AbortOperation)));
        if (next.isPresent()) {
            RepositoryOperation operation = next.get();
            busy = true;
            running = operation;
            work = surroundings.clockwork().prepare("repository " + operation.id(), () -> work(desired, operation));
            work.start();
        }
    }

    static boolean isExport(RepositoryOperation operation) {
        return operation instanceof RestoreExportOperation
                || (operation instanceof AbortOperation abort && isExport(abort.errand()));
    }

    /** It is begun again as an abort, which removes what was made, once its thread has ended. */
    private void endIfAborted(Desired desired) {
        RepositoryOperation current = running;
        Clockwork.Work thread = work;
        if (current == null || thread == null || current instanceof AbortOperation) {
            return;
        }
        boolean aborted = desired.repositoryOperations().stream()
                .anyMatch(asked -> asked instanceof AbortOperation && asked.id().equals(current.id()));
        if (aborted) {
            LOG.info("{} is to end", current.id());
            thread.interrupt();
        }
    }

    /** {@code forGood}: the machine is no longer ours. */
    void stop(boolean forGood) throws InterruptedException {
        exports.stop(forGood);
        Clockwork.Work running;
        synchronized (this) {
            running = work;
        }
        if (running != null) {
            running.interrupt();
            if (!running.join(STOP_TIME_MAX)) {
                LOG.warn("{} does not stop", running.name());
            }
        }
    }

    private void work(Desired desired, RepositoryOperation operation) {
        Optional<Origin> origin = desired.origin(operation.id());
        try (LogContext _ = LogContext.of(desired.machine(), operation.id(), origin.flatMap(Origin::request));
                WorkWatch.Errand errand = surroundings.work().begin(Errands.kind((Record) operation), origin)) {
            Outcome outcome = outcome(desired, operation);
            errand.came(Errands.word(outcome));
            synchronized (this) {
                // What was found is told, also to whoever no longer wants to know: it may be damage.
                running = null;
            }
            reports.untilRecorded(desired.machine(), new OperationResult(operation.id(), outcome));
            synchronized (this) {
                ended.add(operation.id());
            }
        } catch (InterruptedException stopped) {
            LOG.debug("{} was stopped and can be begun again", operation.id());
        } finally {
            synchronized (this) {
                busy = false;
                running = null;
            }
            // The reconciler then begins the next one.
            signals.hint();
        }
    }

    private Outcome outcome(Desired desired, RepositoryOperation operation) throws InterruptedException {
        try {
            surroundings.crash().at(CrashPoint.BEFORE_ERRAND);
            Outcome outcome = surroundings
                    .storage()
                    .run(
                            operation,
                            desired.machine(),
                            (phase, bytesDone, bytesTotal) -> surroundings
                                    .link()
                                    .progress(new Progress(
                                            desired.machine(), operation.id(), phase, bytesDone, bytesTotal)));
            surroundings.crash().at(CrashPoint.AFTER_ERRAND);
            return outcome;
        } catch (RuntimeException bug) {
            LOG.error("{} failed", operation, bug);
            return new Outcome.Refused(FailureCode.REPOSITORY_FAILED, String.valueOf(bug));
        }
    }
}
