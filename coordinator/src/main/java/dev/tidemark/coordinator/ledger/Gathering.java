package dev.tidemark.coordinator.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings together what several threads want to have done at the same time. Whoever comes and finds that less is under way than may be does
 * the work, for all who wait; it never waits for somebody to come. Who comes meanwhile waits, and the next of them goes on for the rest.
 *
 * <p>Invariants: each thing is part of one work that succeeds, at most, and its thread returns only then, or with a failure. What
 * fails together is taken apart, and each thing is then tried by itself, in its own thread, unless the failure says that it is everybody's:
 * nobody fails because of somebody else.
 *
 * @param <T> what is to be done
 * @param <R> what comes of it
 */
final class Gathering<T, R> {
    private final Work<T, R> work;
    private final Predicate<RuntimeException> everybodys;
    private final Limits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Turn<T, R>> waiting = new ArrayDeque<>();
    private int underWay;

    /** @param everybodys tells a failure that another try would meet again */
    Gathering(Work<T, R> work, Predicate<RuntimeException> everybodys, Limits limits) {
        this.work = work;
        this.everybodys = everybodys;
        this.limits = limits;
    }

    /** Does several things at once, all of them or none. */
    @FunctionalInterface
    interface Work<T, R> {
        /** What came of each, in the order of the things. */
        List<R> together(List<T> things);
    }

    /**
     * How far it goes.
     *
     * @param togetherMax so many things in one work at most
     * @param atOnceMax so many works at the same time at most
     */
    record Limits(int togetherMax, int atOnceMax) {
        /** Each thing by itself, and nobody waits. */
        static final Limits NOBODY_TOGETHER = new Limits(1, Integer.MAX_VALUE);
    }

    /** Returns when it is done; throws what it failed with. */
    R join(T thing) {
        Turn<T, R> turn = new Turn<>(thing, Thread.currentThread());
        come(turn);
        boolean interrupted = false;
        while (!turn.leads && !turn.over) {
            LockSupport.park(this);
            // What was handed over may be under way already: only its end tells what became of it.
            interrupted |= Thread.interrupted();
        }
        if (turn.leads) {
            lead(take(turn));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome(turn);
    }

    /** Leads at once, or waits; somebody waits only while as much as may be is under way. */
    private void come(Turn<T, R> turn) {
        lock.lock();
        try {
            if (underWay == limits.atOnceMax()) {
                waiting.addLast(turn);
            } else {
                underWay++;
                turn.leads = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The leader, and those who wait longest. */
    private List<Turn<T, R>> take(Turn<T, R> leader) {
        List<Turn<T, R>> taken = new ArrayList<>();
        taken.add(leader);
        lock.lock();
        try {
            while (taken.size() < limits.togetherMax() && !waiting.isEmpty()) {
                taken.add(waiting.removeFirst());
            }
        } finally {
            lock.unlock();
        }
        return taken;
    }

    private void lead(List<Turn<T, R>> turns) {
        try {
            end(turns, work.together(turns.stream().map(turn -> turn.thing).toList()));
        } catch (RuntimeException failure) {
            fail(turns, failure);
        } catch (Error failure) {
            fail(turns, new IllegalStateException("whoever did the work for others did not come to its end", failure));
            throw failure;
        } finally {
            handOver();
            for (Turn<T, R> turn : turns) {
                turn.over = true;
                LockSupport.unpark(turn.thread);
            }
        }
    }

    private static <T, R> void end(List<Turn<T, R>> turns, List<R> results) {
        for (int place = 0; place < turns.size(); place++) {
            turns.get(place).result = Optional.of(results.get(place));
        }
    }

    private void fail(List<Turn<T, R>> turns, RuntimeException failure) {
        boolean shared = turns.size() == 1 || everybodys.test(failure);
        for (Turn<T, R> turn : turns) {
            turn.failure = failure;
            turn.alone = !shared;
        }
    }

    /** Before the results are told, so that no time is lost between two works. */
    private void handOver() {
        Turn<T, R> next;
        lock.lock();
        try {
            next = waiting.pollFirst();
            if (next == null) {
                underWay--;
            }
        } finally {
            lock.unlock();
        }
        if (next != null) {
            next.leads = true;
            LockSupport.unpark(next.thread);
        }
    }

    private R outcome(Turn<T, R> turn) {
        if (turn.result.isPresent()) {
            return turn.result.get();
        }
        RuntimeException failure = turn.failure;
        if (failure != null && !turn.alone) {
            throw failure;
        }
        return work.together(List.of(turn.thing)).getFirst();
    }

    private static final class Turn<T, R> {
        private final T thing;
        private final Thread thread;
        private Optional<R> result = Optional.empty();
        private @Nullable RuntimeException failure;
        private boolean alone;

        /** Has been told to do the work, for itself and for whoever waits by then. */
        private volatile boolean leads;

        /** Written last: whoever reads it sees the rest. */
        private volatile boolean over;

        Turn(T thing, Thread thread) {
            this.thing = thing;
            this.thread = thread;
        }
    }
}
