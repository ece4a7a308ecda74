package dev.tidemark.gateway.crash;

/** The steps of a gateway between which a crash leaves something different behind. */
public enum CrashPoint {
    /** Nothing was asked yet. */
    BEFORE_LOOK,
    /** QEMU was seen, nothing was concluded. */
    AFTER_LOOK,
    /** The coordinator does not know yet what was seen or done. */
    BEFORE_REPORT,
    /** The report is recorded, its answer was not used. */
    AFTER_REPORT,
    /** No target file exists. */
    BEFORE_BEGIN,
    /** The target files exist, QEMU does not know them. */
    AFTER_BEGIN,
    /** QEMU holds the target nodes, no job exists. */
    AFTER_TARGETS_OPENED,
    /** The transaction is decided, not a byte of it was sent. */
    BEFORE_TRANSACTION,
    /** The transaction was executed, nobody looked. */
    AFTER_TRANSACTION,
    /** The jobs concluded, QEMU still holds the target nodes. */
    BEFORE_TARGETS_CLOSED,
    /** QEMU closed the files, they are not a backup yet. */
    BEFORE_COMPLETE,
    /** The backup lies in the repository, its jobs are still in QEMU and the log knows nothing. */
    AFTER_COMPLETE,
    /** The jobs' evidence is gone from QEMU, the backup lies in the repository, the log knows nothing. */
    AFTER_DISMISS,
    /** Leftovers are known and still there. */
    BEFORE_SWEEP,
    /** Leftovers are gone, nobody looked. */
    AFTER_SWEEP
}
