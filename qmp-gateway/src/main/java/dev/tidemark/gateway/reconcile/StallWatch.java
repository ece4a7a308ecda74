package dev.tidemark.gateway.reconcile;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells which job has not moved for too long: no error comes from a target that hangs, and without an end the machine would have no
 * backup any more. A job that has a limit to its speed rests between two steps, and that is no stall.
 */
final class StallWatch {
    /** As much as QEMU copies at once: it then rests for as long as that may take. */
    private static final long STEP_BYTES = 16L << 20;

    private record Stand(long progress, long bytesPerSecond, long sinceNanoseconds) {}

    private final Duration limit;
    private final Map<String, Stand> stands = new HashMap<>();

    StallWatch(Duration limit) {
        this.limit = limit;
    }

    /** Takes up where a job is now; {@code bytesPerSecond} 0 is without a limit. */
    boolean isStalled(String job, long progress, long bytesPerSecond, long nowNanoseconds) {
        Stand before = stands.get(job);
        // Whoever was just let go faster has rested until now.
        if (before == null || before.progress() != progress || before.bytesPerSecond() != bytesPerSecond) {
            stands.put(job, new Stand(progress, bytesPerSecond, nowNanoseconds));
            return false;
        }
        Duration rest = bytesPerSecond == 0 ? Duration.ZERO : Duration.ofSeconds(STEP_BYTES / bytesPerSecond);
        return nowNanoseconds - before.sinceNanoseconds() > limit.plus(rest).toNanos();
    }

    /** For how long it has stood where it was seen last. */
    Duration standsFor(String job, long nowNanoseconds) {
        Stand stand = stands.get(job);
        return stand == null ? Duration.ZERO : Duration.ofNanos(nowNanoseconds - stand.sinceNanoseconds());
    }
}
