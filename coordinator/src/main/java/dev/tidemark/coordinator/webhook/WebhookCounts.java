package dev.tidemark.coordinator.webhook;

import java.util.concurrent.atomic.LongAdder;

/** What this coordinator has sent since it started; for metrics. */
public final class WebhookCounts {
    private final LongAdder accepted = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder deadLetters = new LongAdder();

    /** Requests that a receiver has answered with 2xx. */
    public long accepted() {
        return accepted.sum();
    }

    /** Requests that were not accepted, whatever came of their events later. */
    public long failed() {
        return failed.sum();
    }

    /** Events that were given up. */
    public long deadLetters() {
        return deadLetters.sum();
    }

    void countAccepted() {
        accepted.increment();
    }

    void countFailed() {
        failed.increment();
    }

    void countDeadLetter() {
        deadLetters.increment();
    }
}
