package dev.tidemark.coordinator;

import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.dispatch.Holders;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has dispatch look every few seconds whether something was committed of which it got no word, and which gateways have gone. */
final class CatchUp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    /** Twice as long as a gateway waits for an answer. */
    static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("catch-up").daemon().factory());
    private final Dispatch dispatch;
    private final Holders holders;
    private volatile boolean failing;

    /** It looks once it is started. */
    CatchUp(Dispatch dispatch, Holders holders) {
        this.dispatch = dispatch;
        this.holders = holders;
    }

    void start() {
        // It ends with the timer: nobody has to hold on to it.
        ScheduledFuture<?> _ = timer.scheduleWithFixedDelay(
                this::once, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether it could not look at the log the last time. */
    boolean failing() {
        return failing;
    }

    private void once() {
        try {
            dispatch.passOver(SILENCE_MAX, holders.live(System.nanoTime()));
            dispatch.catchUp();
            if (failing) {
                LOG.info("the log can be looked at again");
            }
            failing = false;
        } catch (RuntimeException unreadable) {
            // Tried again in a few seconds; told once, so that a database that is down for long does not fill the log.
            if (failing) {
                LOG.debug("the log still cannot be looked at", unreadable);
            } else {
                LOG.warn("the log cannot be looked at", unreadable);
            }
            failing = true;
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
