package dev.tidemark.schema.contract;

import java.time.Instant;

/** Something stands still for longer than it may. {@code awaited} says in words what has to happen before it ends; nobody knows when. */
public record Stall(Instant since, String awaited) {}
