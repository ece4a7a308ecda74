package dev.tidemark.schema.contract;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long something still has that was given until a time of day. How much was left is read off the clock once, when this process hears
 * of it; from then on the monotonic clock counts it down, so that a clock which is set an hour back or ten years forward meanwhile ends
 * nothing early and lets nothing go on. After a restart the clock is read again: nothing else outlives a process.
 */
public final class Countdown {
    /** More than a process lives, and little enough for a number of nanoseconds. */
    private static final Duration LEFT_MAX = Duration.ofDays(50L * 365);

    private @Nullable Instant given;
    private long endNanos;

    /**
     * What is left; zero or less if it is over. Another {@code until} begins another countdown.
     *
     * @param nanoTime as {@link System#nanoTime()}
     */
    public synchronized Duration left(Instant until, Instant now, long nanoTime) {
        if (!until.equals(given)) {
            given = until;
            Duration left = Duration.between(now, until);
            endNanos = nanoTime + (left.compareTo(LEFT_MAX) < 0 ? left : LEFT_MAX).toNanos();
        }
        return Duration.ofNanos(endNanos - nanoTime);
    }
}
