package dev.tidemark.coordinator.api;

import dev.tidemark.coordinator.monitor.health.Readiness;
import dev.tidemark.coordinator.monitor.metrics.Metrics;
import dev.tidemark.coordinator.monitor.tracing.Tracing;

/** What the HTTP interface tells those who run the coordinator. */
public record Supervision(Metrics metrics, Readiness readiness, Tracing tracing) {
    /** Without traces. */
    public Supervision(Metrics metrics, Readiness readiness) {
        this(metrics, readiness, Tracing.off());
    }
}
