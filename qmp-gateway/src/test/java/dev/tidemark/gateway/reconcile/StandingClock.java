package dev.tidemark.gateway.reconcile;

import java.time.Duration;
import java.time.Instant;

/** Stands still unless it is moved; what runs beside has ended when it has begun. */
final class StandingClock implements Clockwork {
    private long now;

    void move(Duration time) {
        now += time.toNanos();
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public void wait(Object monitor, long milliseconds) {
        throw new AssertionError("nobody waits here");
    }

    @Override
    public void sleep(Duration length) {
        throw new AssertionError("nobody sleeps here");
    }

    @Override
    public Work prepare(String name, Runnable work) {
        return new Work() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void start() {
                work.run();
            }

            @Override
            public void interrupt() {
                throw new AssertionError("nobody is stopped here");
            }

            @Override
            public boolean join(Duration timeLimit) {
                return true;
            }
        };
    }
}
