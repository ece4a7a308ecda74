package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.trail.LogContext;
import java.time.Duration;
import java.time.Instant;

/** The host's clock and threads. */
public class HostClockwork implements Clockwork {
    private static final Duration INTERRUPTION_TIME_MAX = Duration.ofSeconds(1);

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // the caller's
    public void wait(Object monitor, long milliseconds) throws InterruptedException {
        monitor.wait(milliseconds);
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    @Override
    public Work prepare(String name, Runnable work) {
        // A platform thread: reading and digesting would hold a carrier that other machines need.
        return new ThreadWork(Thread.ofPlatform().daemon().name(name).unstarted(LogContext.handedOn(work)));
    }

    private record ThreadWork(Thread thread) implements Work {
        @Override
        public String name() {
            return thread.getName();
        }

        @Override
        public void start() {
            thread.start();
        }

        @Override
        public void interrupt() {
            // Whoever interrupts a reader closes its channel and waits until it has let go of it: a reader may hang in
            // the kernel.
            Thread beside =
                    Thread.ofPlatform().daemon().name("end " + thread.getName()).start(thread::interrupt);
            try {
                beside.join(INTERRUPTION_TIME_MAX);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public boolean join(Duration timeLimit) throws InterruptedException {
            return thread.join(timeLimit);
        }
    }
}
