package dev.tidemark.gateway.qmp;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A look at something that all who ask at the same time share, because it costs the same for one and for hundreds.
 *
 * <p>Invariants: whoever asks gets a look that began after he asked; looks follow each other so that they take a quarter of one
 * processor at most; one that fails fails for him alone who made it, and the next who waits makes another.
 */
final class SharedLook<T> {
    private static final int REST = 3;
    private static final long REST_NANOSECONDS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final Source<T> source;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long begun;
    private long seenBy;
    private Optional<T> seen = Optional.empty();
    private boolean looking;
    private long endedNanoseconds = System.nanoTime();
    private long restNanoseconds;

    SharedLook(Source<T> source) {
        this.source = source;
    }

    /** What is looked at. */
    interface Source<T> {
        T look() throws IOException;
    }

    /**
     * What was seen by a look that began after this call did.
     *
     * @throws IOException if that was made by this call, and failed
     */
    T now() throws IOException, InterruptedException {
        Optional<T> others = awaitTurn();
        return others.isPresent() ? others.get() : look();
    }

    /** Empty if the caller has to look himself. */
    private Optional<T> awaitTurn() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long wanted = begun + 1;
            while (seenBy < wanted) {
                long rest = restNanoseconds - (System.nanoTime() - endedNanoseconds);
                if (looking) {
                    changed.await();
                } else if (rest > 0) {
                    boolean _ = changed.awaitNanos(rest) > 0;
                } else {
                    looking = true;
                    begun++;
                    return Optional.empty();
                }
            }
            return seen;
        } finally {
            lock.unlock();
        }
    }

    private T look() throws IOException {
        long beganNanoseconds = System.nanoTime();
        Optional<T> found = Optional.empty();
        try {
            T now = source.look();
            found = Optional.of(now);
            return now;
        } finally {
            ended(found, beganNanoseconds);
        }
    }

    private void ended(Optional<T> found, long beganNanoseconds) {
        lock.lock();
        try {
            looking = false;
            endedNanoseconds = System.nanoTime();
            restNanoseconds = Math.min(REST_NANOSECONDS_MAX, REST * (endedNanoseconds - beganNanoseconds));
            if (found.isPresent()) {
                seen = found;
                seenBy = begun;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
