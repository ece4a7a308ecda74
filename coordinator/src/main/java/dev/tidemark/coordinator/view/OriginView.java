package dev.tidemark.coordinator.view;

import dev.tidemark.schema.contract.Origin;
import java.time.Instant;

/** Where an operation comes from, and when it was appended. */
public record OriginView(Origin origin, Instant at) {}
