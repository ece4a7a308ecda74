package dev.tidemark.coordinator.nthcall;

import org.jspecify.annotations.Nullable;

/** Counts the calls that are made on one's behalf, and says which one of them fails: exactly one, in one way. */
final class FailureScript {
    private final Asker counted;
    private final int failing;
    private final Way way;
    private int calls;
    private @Nullable String failed;

    /**
     * A script.
     *
     * @param failing the call that fails, from 1
     */
    FailureScript(Asker counted, int failing, Way way) {
        this.counted = counted;
        this.failing = failing;
        this.way = way;
    }

    Way way() {
        return way;
    }

    /** Counts this call, and tells whether it is the one. */
    synchronized boolean isDue(String call) {
        if (counted != Asker.of(Thread.currentThread()) || ++calls != failing) {
            return false;
        }
        failed = call;
        return true;
    }

    /** Whether there was such a call. */
    synchronized boolean isSpent() {
        return failed != null;
    }

    @Override
    public synchronized String toString() {
        return "call " + failing + " " + way + (failed == null ? "" : " (" + failed + ")");
    }
}
