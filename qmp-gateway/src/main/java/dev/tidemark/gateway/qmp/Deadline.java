package dev.tidemark.gateway.qmp;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A moment in monotonic time: the wall clock may jump, and must not decide a time-out. */
record Deadline(long startNanos, long lengthNanos) {

    static Deadline in(Duration length) {
        // convert() saturates where toNanos() would throw: a time-out of ten thousand years is allowed.
        return new Deadline(System.nanoTime(), TimeUnit.NANOSECONDS.convert(length));
    }

    /** Zero or less when it has passed. */
    long remainingNanos() {
        return lengthNanos - (System.nanoTime() - startNanos);
    }

    boolean hasPassed() {
        return remainingNanos() <= 0;
    }
}
