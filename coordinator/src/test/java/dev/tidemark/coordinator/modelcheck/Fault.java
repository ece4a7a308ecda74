package dev.tidemark.coordinator.modelcheck;

/** What can go wrong, or be done by others, in a scope. */
enum Fault {
    /** QEMU is killed: bitmaps are missing or inconsistent afterwards. */
    QEMU_CRASH,
    /** QEMU ends cleanly and is started again. */
    QEMU_RESTART,
    /** A gateway dies and is started again. */
    GATEWAY_CRASH,
    /** A session breaks; whoever connects next owns the socket. */
    DISCONNECT,
    /** A transaction gets lost on its way. */
    SEND_LOST,
    /** A transaction executes after its session has gone. */
    LATE_EXECUTION,
    /** A report is recorded and its answer lost; the report may be delivered again. */
    REPLY_LOST,
    /** A job ends with an error. */
    JOB_ERROR,
    /** A power cut: QEMU, gateways, and whatever of the repository was not made durable. */
    POWER_CUT,
    /** The host's image is replaced by an older copy. */
    ROLLBACK,
    /** Somebody else writes to an image while QEMU is down (S8). */
    IMAGE_WRITTEN,
    /** The gateway's watch does not hear of what others do to the images, as on a file system that another host shares. */
    BLIND_WATCH,
    /** A disk is shrunk, and grown again later. */
    RESIZE,
    /** An overlay is put on top by somebody else. */
    OVERLAY,
    /** Somebody removes, disables or re-makes a bitmap of ours. */
    STRANGER,
    /** A stranger's act, or a resize, comes between a look and what it leads to. */
    IN_THE_WINDOW,
    /** Shrink and grow without a look between them. */
    UNSEEN_RESIZE,
    /** A completed backup vanishes from the repository. */
    BASE_LOST
}
