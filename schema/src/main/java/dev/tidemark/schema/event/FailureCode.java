package dev.tidemark.schema.event;

/** Why an operation ended without its effect. Stable: scripts and auditors branch on it. */
public enum FailureCode {
    /** QEMU could not be reached in time. */
    MACHINE_UNAVAILABLE,
    /** QEMU answered with an error and a look showed no effect. */
    QEMU_REFUSED,
    /** A frozen guest was asked for, and its agent does not answer. */
    GUEST_AGENT_UNAVAILABLE,
    /** A frozen guest was asked for, and the guest would not be frozen. */
    QUIESCE_FAILED,
    /** What was seen kept changing, or did not fit the plan. */
    EVIDENCE_CHANGED,
    /** A disk was unplugged or got another size while it was copied. */
    CONFIGURATION_CHANGED,
    /** An incremental since a checkpoint was demanded, and the evidence for it is gone. */
    FULL_REQUIRED,
    /** No disk is left to which the operation applies. */
    NOTHING_TO_DO,
    /** A backup job concluded with an error. */
    JOB_FAILED,
    /** A backup job vanished: QEMU was restarted or somebody dismissed it. */
    JOB_GONE,
    /** An export vanished while its client could still be reading: somebody ended it. */
    EXPORT_GONE,
    /** QEMU could not serve exports: it does so for somebody else already and can have only one server, or cannot make the socket. */
    EXPORT_SERVER_REFUSED,
    /** What the guest overwrote since a pull backup's moment no longer fits: the guest comes first. */
    SCRATCH_FULL,
    /** Nobody finished the pull backup, or ended the export, in time. */
    LEASE_EXPIRED,
    /** The backup to stand on is not in the repository. */
    BASE_BACKUP_MISSING,
    /** The gateway knows no repository of that name. */
    REPOSITORY_UNKNOWN,
    /** The repository could not be read or written. */
    REPOSITORY_FAILED,
    /** There is something at the target already; nothing is overwritten. */
    TARGET_EXISTS,
    /** This host's gateway was not told that it may write there. */
    TARGET_REFUSED,
    /** The device or the NBD server is not there, or does not answer. */
    TARGET_UNAVAILABLE,
    /** The disk does not fit into it. */
    TARGET_TOO_SMALL,
    /** It takes no writes. */
    TARGET_READ_ONLY,
    /** Somebody else uses it. */
    TARGET_IN_USE,
    /** A backup lies there. */
    TARGET_CLAIMED,
    /** What was read back from it is not what was written. */
    TARGET_DIFFERS,
    /** Writing to it failed. */
    TARGET_FAILED,
    /** The backup lies at targets, not in files of the repository: what was asked for works on files. */
    BACKUP_ELSEWHERE,
    /** A file to be restored is not what its manifest says. */
    BACKUP_DAMAGED,
    /** A file is encrypted, or is to be, and the gateway has no key that it can read. */
    KEY_MISSING,
    /** A file is encrypted with another key than those that the gateway has. */
    KEY_WRONG,
    /** Another backup in the repository stands on it. */
    BACKUP_NEEDED,
    /** Ended on request. */
    ABORTED,
    /** It had not ended when its time was over. */
    DEADLINE_PASSED,
    /** A job copied nothing any more, and did not fail. */
    JOB_STALLED,
    /** The machine left protection. */
    MACHINE_REMOVED,
    /** QEMU or the disk cannot do what was asked. */
    UNSUPPORTED
}
