package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.repository.BackupFacts;
import dev.tidemark.gateway.act.repository.PartialBackup;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.Progress;
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

    private final Clockwork.Work reading;
    private volatile boolean done;
    private volatile Optional<Refused> failure = Optional.empty();

    private Completion(Surroundings surroundings, Signals signals, String name, Work work) {
        this.reading = surroundings.clockwork().prepare(name, () -> {
            try {
                work.run();
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
        void run() throws RepositoryException, InterruptedException;
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
                () -> partial.complete(
                        facts,
                        (phase, bytesDone, bytesTotal) -> surroundings
                                .link()
                                .progress(new Progress(machine, operation, phase, bytesDone, bytesTotal))));
        completion.reading.start();
        return completion;
    }

    boolean isDone() {
        return done;
    }

    Optional<Refused> failure() {
        return failure;
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
