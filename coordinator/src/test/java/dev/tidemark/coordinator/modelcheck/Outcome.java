package dev.tidemark.coordinator.modelcheck;

/** What a gateway says of the pending operation beside its look. */
enum Outcome {
    NONE,
    SEEN,
    STORED,
    EVIDENCE_CHANGED,
    BASE_MISSING,
    FAILED,
    ABORTED
}
