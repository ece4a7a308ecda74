package dev.tidemark.coordinator.monitor.metrics;

import dev.tidemark.gateway.qmp.QmpWatch;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What a gateway that is a process of its own measures. It names no machine. */
public final class GatewayMetrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final QmpMeasures qmp = new QmpMeasures(registry);

    public GatewayMetrics(String version) {
        JvmMetrics.builder().register(registry);
        Info.builder()
                .name("tidemark_gateway_build_info")
                .help("The version of this gateway.")
                .labelNames("version")
                .register(registry)
                .addLabelValues(version);
    }

    public QmpWatch qmp() {
        return qmp;
    }

    /** Everything. */
    public Exposition everything(String accepted) {
        return Exposition.of(accepted, registry.scrape());
    }
}
