package dev.tidemark.gateway.reconcile;

import java.time.Duration;
import java.time.Instant;

/** Time as a reconciler knows it, and what runs beside it: the host's in production, a played one in a simulation. */
public interface Clockwork {
    /** As {@link System#nanoTime()}. */
    long nanoTime();

    /** The time of day. */
    Instant now();

    /** As {@link Object#wait(long)} on a monitor that the caller holds: it may return early, so ask again what was waited for. */
    void wait(Object monitor, long milliseconds) throws InterruptedException;

    /** As {@link Thread#sleep(Duration)}. */
    void sleep(Duration time) throws InterruptedException;

    /** Work that will run beside the caller once it is started. */
    Work prepare(String name, Runnable work);

    /** Something that runs beside. */
    interface Work {
        /** For people. */
        String name();

        /** Lets it begin; once. */
        void start();

        /** Asks it to end early. */
        void interrupt();

        /** Waits until it has ended; false if it has not in time. */
        boolean join(Duration timeLimit) throws InterruptedException;
    }
}
