package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.BreakCause;

/** Why and at which version of the log a disk's chain broke. */
public record Break(BreakCause cause, String detail, long version) {}
