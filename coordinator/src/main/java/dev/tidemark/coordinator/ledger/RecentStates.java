package dev.tidemark.coordinator.ledger;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The states of machines that this process folded or appended to of late, so that the next command need not read a machine's log from its
 * snapshot on.
 *
 * <p>Invariants: what is in here was committed when it was put here. It is never believed by itself: whoever takes it asks the log whether
 * the event that it ends with is still there, and what came after; or appends right behind that very event, or not at all. It holds no more than was allowed, by number and by weight; what was
 * asked for longest ago goes first.
 */
final class RecentStates<S> {
    private static final float LOAD_FACTOR = 0.75f;

    private final LedgerSettings.Memory<S> limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, Kept<S>> states = new LinkedHashMap<>(16, LOAD_FACTOR, true);
    private long weight;

    RecentStates(LedgerSettings.Memory<S> limits) {
        this.limits = limits;
    }

    /**
     * A machine as it was after one of its events.
     *
     * @param sequence the number of that event
     * @param eventId its name: another event under the same number belongs to another history
     * @param sinceSnapshot how many events were folded since the last snapshot was due
     * @param alone nobody else was seen to append to this machine: most likely nothing came after
     */
    record Remembered<S>(S state, long sequence, String eventId, int sinceSnapshot, boolean alone) {}

    private record Kept<S>(Remembered<S> remembered, long weight) {}

    Optional<Remembered<S>> of(String aggregateId) {
        lock.lock();
        try {
            return Optional.ofNullable(states.get(aggregateId)).map(Kept::remembered);
        } finally {
            lock.unlock();
        }
    }

    /** Only what is committed. An older state does not take a newer one's place: of two threads the slower may come last. */
    void put(String aggregateId, Remembered<S> remembered) {
        long added = Math.max(1, limits.weight().applyAsLong(remembered.state()));
        lock.lock();
        try {
            Kept<S> before = states.get(aggregateId);
            if (before != null && before.remembered().sequence() > remembered.sequence()) {
                return;
            }
            drop(aggregateId);
            if (added <= limits.weightMax() && limits.entriesMax() > 0) {
                states.put(aggregateId, new Kept<>(remembered, added));
                weight += added;
                makeRoom();
            }
        } finally {
            lock.unlock();
        }
    }

    void forget(String aggregateId) {
        lock.lock();
        try {
            drop(aggregateId);
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom() {
        Iterator<Kept<S>> oldestFirst = states.values().iterator();
        while (states.size() > limits.entriesMax() || weight > limits.weightMax()) {
            weight -= oldestFirst.next().weight();
            oldestFirst.remove();
        }
    }

    private void drop(String aggregateId) {
        Kept<S> dropped = states.remove(aggregateId);
        if (dropped != null) {
            weight -= dropped.weight();
        }
    }
}
