package dev.tidemark.coordinator.drill.soak;

import tools.jackson.databind.JsonNode;

/** A completed backup that has still to be restored and compared. */
record Made(String id, JsonNode backup, Reference reference) {}
