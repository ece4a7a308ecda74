package dev.tidemark.coordinator;

import java.time.Duration;
import java.time.Instant;
import java.util.StringJoiner;

/** How long each part of a start took, for the line in the log that tells where its time went. */
final class Milestones {
    private static final long NANOSECONDS_PER_MILLISECOND = 1_000_000;

    private final StringJoiner passed = new StringJoiner(", ");
    private final long beforeMilliseconds;
    private final long begunNanoseconds = System.nanoTime();
    private long lastNanoseconds = begunNanoseconds;

    /** Of this process: the first one is that it got here. */
    Milestones() {
        beforeMilliseconds = ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()).toMillis())
                .orElse(0L);
        passed.add("process " + beforeMilliseconds);
    }

    void passed(String what) {
        long now = System.nanoTime();
        passed.add(what + " " + (now - lastNanoseconds) / NANOSECONDS_PER_MILLISECOND);
        lastNanoseconds = now;
    }

    /** In milliseconds, of the whole and of each part. */
    String told() {
        long whole = beforeMilliseconds + (lastNanoseconds - begunNanoseconds) / NANOSECONDS_PER_MILLISECOND;
        return whole + " ms: " + passed;
    }
}
