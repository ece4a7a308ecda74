package dev.tidemark.coordinator.api;

import dev.tidemark.coordinator.monitor.health.Readiness;
import dev.tidemark.coordinator.monitor.metrics.Metrics;

/** What the HTTP interface tells those who run the coordinator. */
public record Supervision(Metrics metrics, Readiness readiness) {}
