package dev.tidemark.schema.event;

/** How much of a disk a backup holds. */
public enum BackupKind {
    /** Everything. */
    FULL,
    /** What changed since a checkpoint; stands on the parent backup. */
    INCREMENTAL
}
