package dev.tidemark.schema.event;

/** What is done about a drift. */
public enum DriftAction {
    /** Left alone and reported; removed only by a recorded decision. */
    QUARANTINED,
    /** Removed by the gateway. */
    REMOVED,
    /** Switched off by the gateway. */
    DISABLED,
    /** Nothing to do but to tell. */
    REPORTED
}
