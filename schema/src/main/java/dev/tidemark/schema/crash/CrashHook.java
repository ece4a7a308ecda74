package dev.tidemark.schema.crash;

import java.util.Collection;

/** Is called at every crash point. */
@FunctionalInterface
public interface CrashHook {
    /** What production uses. */
    CrashHook NONE = point -> {};

    /** Does nothing, or does not return. */
    void at(CrashPoint point);

    /** The hook for whoever works for one machine: a drill can then hold each machine at a point of its own. */
    default CrashHook of(String machine) {
        return this;
    }

    /** A point that is passed for several machines in one step. */
    default void at(CrashPoint point, Collection<String> machines) {
        at(point);
    }
}
