package dev.tidemark.coordinator.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The played clock and what is due. Time passes only where somebody waits or a call takes some. */
final class World {
    private static final int TRACE_MAX = 400;

    private record Due(long at, long sequence, Runnable event) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    final Dice dice;
    private final boolean tracing;
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private long now;
    private long sequence;
    private long step;
    private long ids;
    private boolean over;
    private @Nullable Violation violation;

    World(Dice dice, boolean tracing) {
        this.dice = dice;
        this.tracing = tracing;
    }

    long now() {
        return now;
    }

    long step() {
        return step;
    }

    /** A number that was not given before. */
    long fresh() {
        return ++ids;
    }

    void in(long nanoseconds, Runnable event) {
        due.add(new Due(now + nanoseconds, ++sequence, event));
    }

    /** Lets the next thing happen that is due by then, or time pass up to it; false if nothing was due. */
    boolean next(long deadline) {
        Due first = due.peek();
        if (first == null || first.at() > deadline) {
            now = Math.max(now, deadline);
            return false;
        }
        due.remove();
        now = Math.max(now, first.at());
        first.event().run();
        return true;
    }

    /** Lives until it is over or nothing is due any more. */
    void live() {
        while (!over && !due.isEmpty()) {
            next(Long.MAX_VALUE);
        }
        if (violation != null) {
            throw violation;
        }
    }

    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }

    /** Kept, because code that tidies up on its way out may throw something else. */
    Violation violated(Invariant invariant, String message) {
        over = true;
        if (violation == null) {
            violation = new Violation(invariant, message + " (at step=" + step + ")");
        }
        return violation;
    }

    void stepped() {
        step++;
    }

    void note(Supplier<String> words) {
        if (tracing) {
            trace.addLast(step + " " + now / 1_000_000 + "ms " + words.get());
            if (trace.size() > TRACE_MAX) {
                trace.removeFirst();
            }
        }
    }

    /** What happened last, if somebody wanted to know. */
    String trace() {
        return String.join("\n", trace);
    }
}
