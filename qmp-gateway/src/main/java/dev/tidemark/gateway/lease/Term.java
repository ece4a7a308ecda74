package dev.tidemark.gateway.lease;

import dev.tidemark.gateway.qmp.QmpUnavailable;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.LinkException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The time for which a gateway holds the lease of its host, from the take-over to the day when another one has it.
 *
 * <p>Invariants: by this host's monotonic clock it is over before the coordinators let another gateway have the host, because it is
 * counted from before the claim was sent, and shorter by a margin. What was fenced once is never held again: who comes next begins a
 * term of his own, so that no thread of this one, however late it wakes, can act.
 */
public final class Term {
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final long epoch;
    private long endNanos;
    private boolean fenced;

    /**
     * Begins one.
     *
     * @param nanoTime as {@link System#nanoTime()}: it goes on while the process stands still
     */
    public Term(long epoch, long endNanos, LongSupplier nanoTime) {
        this.epoch = epoch;
        this.endNanos = endNanos;
        this.nanoTime = nanoTime;
    }

    /** The fencing token. */
    public long epoch() {
        return epoch;
    }

    /** It was granted for longer. */
    void until(long laterNanos) {
        lock.lock();
        try {
            if (laterNanos - endNanos > 0) {
                endNanos = laterNanos;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Another gateway has the host. */
    void fence() {
        lock.lock();
        try {
            fenced = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is over for good. */
    public boolean isFenced() {
        lock.lock();
        try {
            return fenced;
        } finally {
            lock.unlock();
        }
    }

    /** Whether may be acted now. */
    public boolean isHeld() {
        lock.lock();
        try {
            return !fenced && endNanos - nanoTime.getAsLong() > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until may be acted; false if that is never, or not within the time. */
    boolean awaitHeld(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (!fenced && endNanos - nanoTime.getAsLong() <= 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return isHeld();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is over for good. */
    public void awaitFenced() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!fenced) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asked right before every byte that changes something in QEMU. */
    void requireForQemu() throws QmpUnavailable {
        if (!isHeld()) {
            throw new QmpUnavailable(QmpUnavailable.Reason.NOT_ENTITLED, why() + ", and sends nothing to QEMU");
        }
    }

    /** Asked before anything is told. */
    void requireForCoordinator() throws LinkException {
        if (isFenced()) {
            throw new FencedException(why());
        }
    }

    private String why() {
        return isFenced()
                ? "another gateway took this host over: this one has only had it up to epoch " + epoch
                : "this gateway has not heard of a coordinator for so long that another one may have the host";
    }
}
