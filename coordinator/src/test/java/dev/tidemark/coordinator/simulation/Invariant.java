package dev.tidemark.coordinator.simulation;

/** What the judge holds a history against; the numbers are those of {@code hazards.md} §2. */
enum Invariant {
    /** I1: an incremental holds every cell that was touched since its base. */
    COVERAGE,
    /** I2, I3: every completed backup restores to what the disk held at its moment. */
    RESTORE,
    /** I4: a chain that passes for healthy marks all that changed. */
    TRACKING,
    /** I5: no incremental stands on evidence that was lost. */
    EVIDENCE,
    /** I6: nothing of ours in QEMU without a committed intent. */
    INTENT,
    /** I7: a completed backup's jobs ended well and its targets were flushed. */
    PHANTOM,
    /** I8: one outcome for one operation. */
    ONCE,
    /** I10: the log alone tells the state. */
    REPLAY,
    /** I12: a bitmap goes only when no chain needs it. */
    REMOVAL,
    /** I13: what was acknowledged is in the log. */
    DURABILITY,
    /** I15: the disks of a backup share one moment. */
    MOMENT,
    /** A consistent file system is promised only of a moment at which the guest was frozen. */
    QUIESCED,
    /** Nothing that production itself calls a bug. */
    BUG,
    /** I18: soon after the last fault there is nothing left to do and nothing left behind. */
    LIVENESS
}
