package dev.tidemark.coordinator.view;

import java.time.Instant;

/** How many bytes of a disk were marked since its newest checkpoint, as last told in the hour that begins then. */
public record DirtyHourView(String disk, Instant hour, long bytes) {}
