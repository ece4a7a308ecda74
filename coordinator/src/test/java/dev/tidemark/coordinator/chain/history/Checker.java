package dev.tidemark.coordinator.chain.history;

/** What is held against the model; the numbers are those of {@code hazards.md} §2. */
enum Checker {
    /** I1: every granule touched between the parent's moment and the backup's is in the backup. */
    COVERAGE,
    /** I2, I3: what a restore gives is what the disk held at the backup's moment. */
    RESTORE,
    /** I4: the bitmaps from a healthy checkpoint to the newest hold all that changed since it. */
    TRACKING,
    /** I5: no incremental stands on a checkpoint whose evidence was lost. */
    EVIDENCE,
    /** I10: the fold from zero, and a snapshot's round trip, give the live state. */
    REPLAY,
    /** I12: a bitmap that a live chain needs is not removed. */
    SAFE_REMOVAL,
    /** I18: once faults stop, the machine comes to rest and leaves nothing behind. */
    CONVERGENCE,
    /** Of a copy and a differential: no chain and no later backup differs from what it would be without. */
    BESIDE
}
