package dev.tidemark.coordinator.simulation;

/** What may befall a call. */
enum Fault {
    NONE,
    /** Answered with no; nothing happened. */
    REFUSED,
    /** No answer, and nothing happened. */
    LOST_BEFORE,
    /** No answer, although it happened. */
    LOST_AFTER,
    /** No answer in time; it happens later. */
    LATE,
    /** The connection broke, and nothing happened. */
    CUT_BEFORE,
    /** The connection broke, although it happened. */
    CUT_AFTER,
    /** An answer that cannot be used. */
    UNUSABLE,
    /** It is delivered once more, later. */
    TWICE,
    /** Somebody else was faster. */
    CONFLICT
}
