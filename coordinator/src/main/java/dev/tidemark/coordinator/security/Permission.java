package dev.tidemark.coordinator.security;

/** What somebody may be allowed to do. */
public enum Permission {
    /** Look at machines, checkpoints, backups, operations, plans, and at the log of them. */
    READ,
    /** Have the figures of the fleet, and of the coordinator itself. */
    METRICS,
    /** See who may do what. */
    AUDIT,
    /**
     * Have the log to the letter, as its digests are computed over it: of every machine, and with the names of NBD exports, which cannot be
     * taken out of it.
     */
    EVIDENCE,
    /** Create checkpoints, and have a machine compared with the log. libvirt: checkpoint. */
    CHECKPOINT,
    /** Start, finish and steer backups. libvirt: checkpoint and block-write. Implies no deletion of any kind. */
    BACKUP,
    /** Know where the contents of machines and backups can be read: the names of NBD exports are the keys to them. */
    DATA,
    /** Read a backup to see that it is whole. */
    VERIFY,
    /** Ask for an operation's end; which operations, follows from what the caller may start. */
    ABORT,
    /** Delete or merge backups, delete checkpoints, say what is kept, protect and unprotect. */
    DELETE,
    /** Bring backups back: to files, or as exports. */
    RESTORE,
    /** Take machines in and let them go. */
    MANAGE,
    /** Speak for a hypervisor: a caller that is bound to one, for that one only. */
    GATEWAY,
    /** Make and revoke tokens, and say what machines are called by which tokens go. */
    GRANT,
    /** Say who is told of events, which leave the house by that. */
    WEBHOOK
}
