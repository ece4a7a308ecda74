package dev.tidemark.schema.event;

/** What was found that no intent explains. */
public enum DriftKind {
    /** A bitmap with our prefix that this log never heard of. */
    UNKNOWN_BITMAP,
    /** A temporary bitmap of an operation that this log never heard of. */
    UNKNOWN_TEMPORARY_BITMAP,
    /** A target node of an operation that this log never heard of. */
    UNKNOWN_NODE,
    /** A job of an operation that this log never heard of: another installation's, perhaps. */
    UNKNOWN_JOB,
    /** An NBD export with our prefix of which this log never heard. */
    UNKNOWN_EXPORT,
    /** An object with our prefix that holds a key in QEMU, of an operation that this log never heard of. */
    UNKNOWN_SECRET,
    /** An older bitmap records as well: a safe superset. */
    EXTRA_RECORDING,
    /** A temporary bitmap whose operation has ended, or a bitmap of a broken, failed or deleted checkpoint. */
    LEFTOVER_BITMAP,
    /** A target node whose operation has ended. */
    LEFTOVER_NODE,
    /** A job whose operation has ended. */
    LEFTOVER_JOB,
    /** An NBD export whose operation has ended. */
    LEFTOVER_EXPORT,
    /** An object that holds a key in QEMU and whose operation has ended. */
    LEFTOVER_SECRET,
    /** A partial directory in the repository whose operation has ended. */
    LEFTOVER_FILES,
    /** A writable disk without a device id that can name it: it is not protected. */
    UNADDRESSABLE_DISK,
    /** The guest agent says that the guest's file systems are frozen: its writes hang. */
    GUEST_FROZEN,
    /** QEMU paused the machine because a disk's read or write failed: its guest stands still. */
    MACHINE_PAUSED
}
