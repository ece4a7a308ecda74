package dev.tidemark.coordinator.ledger;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the log is settled, followed for all who read it by one thread, which is there as long as somebody does. So a commit costs
 * one question, however many read.
 */
public final class Tide implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tide.class);
    private static final Duration HOLE_PATIENCE = Duration.ofSeconds(2);

    /** A notice may get lost. */
    private static final Duration FALLBACK = Duration.ofMillis(500);

    private final Horizon horizon;
    private final Supplier<CommitWatch> watches;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long settled = -1;
    private int readers;
    private boolean lost;
    private boolean closed;
    private @Nullable Thread follower;

    public Tide(Horizon horizon, Supplier<CommitWatch> watches) {
        this.horizon = horizon;
        this.watches = watches;
    }

    /** One more reads. What was committed before is below what this gives; empty if somebody has been appending for too long. */
    public OptionalLong join() throws InterruptedException {
        OptionalLong newest = horizon.newest(HOLE_PATIENCE);
        newest.ifPresent(this::reached);
        lock.lock();
        try {
            readers++;
            lost = false;
            if (follower == null && !closed) {
                follower = Thread.ofVirtual().name("event-tide").start(this::follow);
            }
        } finally {
            lock.unlock();
        }
        return newest.isPresent() || known() < 0 ? newest : OptionalLong.of(known());
    }

    /** One who joined reads no more. */
    public void leave() {
        lock.lock();
        try {
            readers--;
        } finally {
            lock.unlock();
        }
    }

    /** How far the log is settled, as soon as that is beyond an index, the time is over or nothing more will come. */
    public long awaitBeyond(long index, Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (settled <= index && left > 0 && !closed && !lost) {
                left = changed.awaitNanos(left);
            }
            return settled;
        } finally {
            lock.unlock();
        }
    }

    /** Whether readers should end: the coordinator stops, or the database does not answer. */
    public boolean ended() {
        lock.lock();
        try {
            return closed || lost;
        } finally {
            lock.unlock();
        }
    }

    private void look() throws InterruptedException {
        long known = known();
        if (known < 0) {
            horizon.newest(HOLE_PATIENCE).ifPresent(this::reached);
            return;
        }
        for (long next = horizon.after(known, HOLE_PATIENCE);
                next > known;
                next = horizon.after(known, HOLE_PATIENCE)) {
            reached(next);
            known = next;
        }
    }

    private long known() {
        lock.lock();
        try {
            return settled;
        } finally {
            lock.unlock();
        }
    }

    private void reached(long index) {
        lock.lock();
        try {
            if (index > settled) {
                settled = index;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void follow() {
        try (CommitWatch watch = watches.get()) {
            watch.begin();
            while (goesOn()) {
                try {
                    look();
                } catch (LedgerException unreadable) {
                    LOG.warn("the log cannot be followed: {}", unreadable.toString());
                    lose();
                }
                watch.await(FALLBACK);
            }
        } catch (InterruptedException stopping) {
            LOG.debug("nobody follows the log any more");
        } finally {
            gone();
        }
    }

    /** Ends the readers: they come back, and are told that the database does not answer. */
    private void lose() {
        lock.lock();
        try {
            lost = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean goesOn() {
        lock.lock();
        try {
            if (readers > 0 && !closed) {
                return true;
            }
            // In the same breath as the decision: whoever joins from now on starts another one.
            gone();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void gone() {
        lock.lock();
        try {
            if (Thread.currentThread().equals(follower)) {
                follower = null;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        Thread following;
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            following = follower;
        } finally {
            lock.unlock();
        }
        if (following != null) {
            try {
                following.join(TimeUnit.SECONDS.toMillis(1));
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
