package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.repository.BackupFacts;
import dev.tidemark.gateway.act.repository.PartialBackup;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.Stall;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one backup's copied files go through until they are a backup: watched, because a file system that hangs gives no error. Whether
 * there is a backup is known when the reader has ended, not before: it could still give the files their name.
 */
final class ReadBack {
    private final Surroundings surroundings;
    private final Signals signals;
    private final MachineId machine;
    private final OperationId operation;
    private @Nullable Completion completion;
    private Optional<Refused> stalled = Optional.empty();

    ReadBack(Surroundings surroundings, Signals signals, MachineId machine, OperationId operation) {
        this.surroundings = surroundings;
        this.signals = signals;
        this.machine = machine;
        this.operation = operation;
    }

    void begin(PartialBackup partial, BackupFacts facts) {
        completion = Completion.start(surroundings, signals, machine, operation, partial, facts);
    }

    /** Whether it was begun, and nobody has asked what came of it. */
    boolean isThere() {
        return completion != null;
    }

    /** Waits for a while; why there is no backup, if that is known now. */
    Optional<Refused> await() throws InterruptedException {
        Completion running = completion;
        if (running == null) {
            return Optional.empty();
        }
        if (running.isDone()) {
            completion = null;
            return running.failure().or(() -> stalled);
        }
        Duration standing = running.standsFor();
        if (standing.compareTo(surroundings.stallLimit()) > 0) {
            tell(running, standing);
            if (running.isReading() && running.stop()) {
                return Optional.empty();
            }
        }
        signals.await(surroundings.lookInterval());
        return Optional.empty();
    }

    private void tell(Completion running, Duration standing) {
        String what = running.isReading()
                ? "nothing was read back from the repository for " + surroundings.stallLimit()
                : "the repository has not brought the files to their medium for " + surroundings.stallLimit();
        if (running.isReading() && stalled.isEmpty()) {
            stalled = Optional.of(new Refused(FailureCode.JOB_STALLED, what));
        }
        Stall stall = new Stall(
                surroundings.clockwork().now().minus(standing).truncatedTo(ChronoUnit.MILLIS),
                what + "; " + (running.isReading() ? "its reader was told to end, and " : "")
                        + "the repository's file system has not answered yet");
        surroundings.link().progress(running.progress(machine, operation, stall));
    }

    /** Has it end; it can be begun again. False if it does not end. */
    boolean stop() throws InterruptedException {
        Completion running = completion;
        if (running == null) {
            return true;
        }
        boolean stopped = running.stop();
        if (stopped) {
            completion = null;
        }
        return stopped;
    }
}
