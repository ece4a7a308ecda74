package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;

/** A file that holds what it held together with those below it: what it was, and what it is now. */
public record MergedDisk(BackupId parentBefore, String sha256Before, CompletedDisk now) {}
