package dev.tidemark.schema.command;

/** How much of what a backup stands on it is to take in. */
public enum MergeReach {
    /** What it directly stands on. */
    PARENT,
    /** All of it: the backup becomes a full one. */
    ALL,
    /** What the repository's retention policy lets go, and nothing else. */
    POLICY
}
