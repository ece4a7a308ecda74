package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.contract.Progress;
import java.time.Duration;
import java.util.OptionalLong;

/** How fast something goes: over its last half minute, so that a limit that was changed shows soon, and a short pause does not. */
final class Pace {
    private static final long WINDOW_NANOSECONDS = 15_000_000_000L;
    private static final long MEASURABLE_NANOSECONDS = 100_000_000L;

    private Progress last;
    private long lastAt;
    private long olderBytes;
    private long olderAt;
    private long newerBytes;
    private long newerAt;

    Pace(Progress first, long nowNanoseconds) {
        last = first;
        begin(first, nowNanoseconds);
    }

    Progress last() {
        return last;
    }

    void add(Progress step, long nowNanoseconds) {
        boolean anotherPhase = !step.phase().equals(last.phase()) || step.bytesDone() < last.bytesDone();
        last = step;
        lastAt = nowNanoseconds;
        if (anotherPhase) {
            begin(step, nowNanoseconds);
        } else if (nowNanoseconds - newerAt >= WINDOW_NANOSECONDS) {
            olderBytes = newerBytes;
            olderAt = newerAt;
            newerBytes = step.bytesDone();
            newerAt = nowNanoseconds;
        }
    }

    Duration toldAgo(long nowNanoseconds) {
        return Duration.ofNanos(nowNanoseconds - lastAt);
    }

    /** Empty while there is nothing to tell it from. */
    OptionalLong bytesPerSecond(long nowNanoseconds) {
        // Whoever says nothing any more gets slower.
        long time = Math.max(lastAt - olderAt, nowNanoseconds - olderAt - WINDOW_NANOSECONDS);
        return time < MEASURABLE_NANOSECONDS
                ? OptionalLong.empty()
                : OptionalLong.of((long) ((last.bytesDone() - olderBytes) / (time / 1e9)));
    }

    private void begin(Progress step, long nowNanoseconds) {
        lastAt = nowNanoseconds;
        olderBytes = step.bytesDone();
        olderAt = nowNanoseconds;
        newerBytes = step.bytesDone();
        newerAt = nowNanoseconds;
    }
}
