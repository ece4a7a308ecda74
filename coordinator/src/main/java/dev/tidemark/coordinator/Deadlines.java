package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.Caller;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.schema.command.AbortBackup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has backups end whose time is over, queued or at work. The log decides whether it is; this only asks. */
final class Deadlines implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Caller CALLER = new Caller("deadline", Optional.empty());

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("deadlines").daemon().factory());
    private final Supplier<List<AbortBackup>> late;
    private final Ending ending;

    private Deadlines(Supplier<List<AbortBackup>> late, Ending ending) {
        this.late = late;
        this.ending = ending;
    }

    /** Where the wish to end a backup goes. */
    interface Ending {
        void submit(AbortBackup late, Caller caller) throws Rejected;
    }

    static Deadlines start(Dispatch dispatch, Engine engine, FreshIds ids) {
        Lateness lateness = new Lateness(ids::now, System::nanoTime);
        return start(
                () -> lateness.among(over -> dispatch.late(ids.now(), over, ids::operation)), engine::submit, INTERVAL);
    }

    /** Asks what is late, time after time, and has that end. */
    static Deadlines start(Supplier<List<AbortBackup>> late, Ending ending, Duration interval) {
        Deadlines deadlines = new Deadlines(late, ending);
        // It ends with the timer: nobody has to hold on to it.
        ScheduledFuture<?> _ = deadlines.timer.scheduleWithFixedDelay(
                deadlines::once, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        return deadlines;
    }

    private void once() {
        try {
            late.get().forEach(this::end);
        } catch (RuntimeException failed) {
            // A timer whose task throws is a timer that has ended, and no deadline would ever hold again.
            LOG.warn("nobody can tell which backups are late: {}", failed.toString());
        }
    }

    private void end(AbortBackup backup) {
        try (LogContext _ = LogContext.of(backup.machine(), backup.operation(), Optional.empty())) {
            LOG.info("backup {} is late and is to end", backup.backup());
            ending.submit(backup, CALLER);
        } catch (Rejected ended) {
            LOG.debug("backup {} has ended meanwhile", backup.backup(), ended);
        } catch (RuntimeException failed) {
            // The next turn is in a second.
            LOG.warn("backup {} is late and could not be told to end: {}", backup.backup(), failed.toString());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
