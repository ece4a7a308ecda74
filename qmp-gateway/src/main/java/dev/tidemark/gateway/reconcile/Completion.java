package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.repository.BackupFacts;
import dev.tidemark.gateway.act.repository.PartialBackup;
import dev.tidemark.gateway.act.repository.ProgressListener;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Stall;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reading back of a backup's files, which may take as long as their copying: meanwhile QEMU is still looked at. Success is
 * not told from here, it is found in the repository.
 */
final class Completion {
    private static final Logger LOG = LoggerFactory.getLogger(Completion.class);
    private static final Duration STOP_TIME_MAX = Duration.ofSeconds(1);

    /** Before the first byte is read back: nobody can tell how much of that is left. */
    private static final String SYNC = "sync";

    private final Clockwork clockwork;
    private final Clockwork.Work reading;
    private volatile Step step;
    private volatile boolean done;
    private volatile Optional<Refused> failure = Optional.empty();

    /** How far it was when it moved last. */
    private record Step(String phase, long bytesDone, long bytesTotal, long atNanoseconds) {}

    private Completion(Surroundings surroundings, Signals signals, String name, Work work) {
        this.clockwork = surroundings.clockwork();
        this.step = new Step(SYNC, 0, 0, clockwork.nanoTime());
        this.reading = surroundings.clockwork().prepare(name, () -> {
            try {
                work.run((phase, bytesDone, bytesTotal) ->
                        step = new Step(phase, bytesDone, bytesTotal, clockwork.nanoTime()));
                surroundings.crash().at(CrashPoint.AFTER_COMPLETE);
            } catch (RepositoryException refused) {
                failure = Optional.of(refused.refused());
            } catch (InterruptedException stopped) {
                LOG.debug("{} was stopped and can be begun again", name);
            } catch (RuntimeException bug) {
                LOG.error("{} failed", name, bug);
                failure = Optional.of(new Refused(FailureCode.REPOSITORY_FAILED, String.valueOf(bug)));
            } finally {
                done = true;
                signals.hint();
            }
        });
    }

    private interface Work {
        void run(ProgressListener steps) throws RepositoryException, InterruptedException;
    }

    static Completion start(
            Surroundings surroundings,
            Signals signals,
            MachineId machine,
            OperationId operation,
            PartialBackup partial,
            BackupFacts facts) {
        Completion completion = new Completion(
                surroundings,
                signals,
                "complete " + operation,
                steps -> partial.complete(facts, (phase, bytesDone, bytesTotal) -> {
                    steps.progress(phase, bytesDone, bytesTotal);
                    surroundings.link().progress(new Progress(machine, operation, phase, bytesDone, bytesTotal));
                }));
        completion.reading.start();
        return completion;
    }

    boolean isDone() {
        return done;
    }

    Optional<Refused> failure() {
        return failure;
    }

    /** For how long it has not moved. */
    Duration standsFor() {
        return Duration.ofNanos(clockwork.nanoTime() - step.atNanoseconds());
    }

    /** Whether it reads, so that bytes have to come. */
    boolean isReading() {
        return !step.phase().equals(SYNC);
    }

    /** As it stands. */
    Progress progress(MachineId machine, OperationId operation, Stall stall) {
        Step now = step;
        return new Progress(machine, operation, now.phase(), now.bytesDone(), now.bytesTotal(), Optional.of(stall));
    }

    /** Asks it to end; false if it has not yet: then it may still let the files become a backup. */
    boolean stop() throws InterruptedException {
        reading.interrupt();
        boolean stopped = reading.join(STOP_TIME_MAX);
        if (!stopped) {
            LOG.warn("{} does not stop", reading.name());
        }
        return stopped;
    }
}
