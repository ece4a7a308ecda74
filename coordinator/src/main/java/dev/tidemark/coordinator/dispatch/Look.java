package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.Sight;

/** A look that somebody asked for: what the log said when it was concluded from, and what was seen. */
public record Look(Machine before, Sight sight) {}
