package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.contract.Desired;
import java.time.Duration;

/** What others tell a reconciler's thread. Every flag stays up until that thread has seen it, so that no wake-up is lost. */
final class Signals {
    private final Clockwork clockwork;
    private Desired desired;
    private boolean news;
    private boolean lookAsked;
    private boolean hint;
    private boolean stopped;

    Signals(Desired desired, Clockwork clockwork) {
        this.clockwork = clockwork;
        this.desired = desired;
        this.news = true;
    }

    /** A newer desired state, or one that no longer keeps something waiting; an older one is late mail. */
    synchronized void offer(Desired offered) {
        if (offered.version() > desired.version()
                || offered.asksForMoreThan(desired)
                || !offered.qmpSocket().equals(desired.qmpSocket())) {
            desired = offered;
            news = true;
            notifyAll();
        }
    }

    /** The answer to our own report: nobody needs to be woken for it, unless it asks for what had to wait so far. */
    synchronized void take(Desired answered) {
        if (answered.version() >= desired.version() && !desired.asksForMoreThan(answered)) {
            news |= answered.asksForMoreThan(desired);
            desired = answered;
        }
    }

    synchronized void askForLook() {
        lookAsked = true;
        notifyAll();
    }

    /** Something happened that may be worth a look. */
    synchronized void hint() {
        hint = true;
        notifyAll();
    }

    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    synchronized Desired desired() {
        return desired;
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    /** Whether somebody asked for a look since the last call. */
    synchronized boolean takeLookAsked() {
        boolean asked = lookAsked;
        lookAsked = false;
        return asked;
    }

    /** Whether somebody wants something that a long step should make way for. */
    synchronized boolean isUrgent() {
        return news || lookAsked || stopped;
    }

    /** Called when a pass begins: what was told so far is seen to by it. */
    synchronized void beginPass() {
        news = false;
        hint = false;
    }

    /** Waits for any signal, hints included. */
    synchronized void await(Duration timeLimit) throws InterruptedException {
        awaitUntil(timeLimit, true);
        hint = false;
    }

    /** Waits for a hint in the midst of a step that wishes must not cut short. */
    synchronized void awaitHint(Duration timeLimit) throws InterruptedException {
        long end = clockwork.nanoTime() + timeLimit.toNanos();
        long left = timeLimit.toNanos();
        while (left > 0 && !hint && !stopped) {
            clockwork.wait(this, left / 1_000_000 + 1);
            left = end - clockwork.nanoTime();
        }
        hint = false;
    }

    /** Waits for a signal from a person or the coordinator. */
    synchronized void awaitUrgent(Duration timeLimit) throws InterruptedException {
        awaitUntil(timeLimit, false);
    }

    private synchronized void awaitUntil(Duration timeLimit, boolean hints) throws InterruptedException {
        long end = clockwork.nanoTime() + timeLimit.toNanos();
        long left = timeLimit.toNanos();
        while (left > 0 && !isUrgent() && !(hints && hint)) {
            // Rounded up: wait(0) would mean for ever.
            clockwork.wait(this, left / 1_000_000 + 1);
            left = end - clockwork.nanoTime();
        }
    }
}
