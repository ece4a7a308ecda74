package dev.tidemark.coordinator.chain.history;

import dev.tidemark.schema.event.DiskPlan;

/**
 * One disk of one backup: a restore gets {@code content} only where {@code mask} says so; the rest of it, and what had
 * really changed, is the truth for the checkers alone.
 */
record StoredDisk(DiskPlan plan, int size, long mask, Content content, long reallyTouched, boolean evidenceLost) {}
