package dev.tidemark.schema.crash;

/** Is called at every crash point. */
@FunctionalInterface
public interface CrashHook {
    /** What production uses. */
    CrashHook NONE = point -> {};

    /** Does nothing, or does not return. */
    void at(CrashPoint point);
}
