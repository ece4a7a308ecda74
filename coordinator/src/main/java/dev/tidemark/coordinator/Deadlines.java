package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.Caller;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.schema.command.AbortBackup;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has backups end whose time is over, queued or at work. The log decides whether it is; this only asks. */
final class Deadlines implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Caller CALLER = new Caller("deadline", Optional.empty());

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("deadlines").daemon().factory());
    private final Dispatch dispatch;
    private final Engine engine;
    private final FreshIds ids;

    private Deadlines(Dispatch dispatch, Engine engine, FreshIds ids) {
        this.dispatch = dispatch;
        this.engine = engine;
        this.ids = ids;
    }

    static Deadlines start(Dispatch dispatch, Engine engine, FreshIds ids) {
        Deadlines deadlines = new Deadlines(dispatch, engine, ids);
        // It ends with the timer: nobody has to hold on to it.
        ScheduledFuture<?> _ = deadlines.timer.scheduleWithFixedDelay(
                deadlines::once, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return deadlines;
    }

    private void once() {
        try {
            dispatch.late(ids.now(), ids::operation).forEach(this::end);
        } catch (RuntimeException failed) {
            // A timer whose task throws is a timer that has ended, and no deadline would ever hold again.
            LOG.warn("nobody can tell which backups are late: {}", failed.toString());
        }
    }

    private void end(AbortBackup late) {
        try {
            LOG.info("backup {} is late and is to end", late.backup());
            engine.submit(late, CALLER);
        } catch (Rejected ended) {
            LOG.debug("backup {} has ended meanwhile", late.backup(), ended);
        } catch (RuntimeException failed) {
            // The next turn is in a second.
            LOG.warn("backup {} is late and could not be told to end: {}", late.backup(), failed.toString());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
