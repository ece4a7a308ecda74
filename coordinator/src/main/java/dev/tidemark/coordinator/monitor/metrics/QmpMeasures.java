package dev.tidemark.coordinator.monitor.metrics;

import dev.tidemark.gateway.qmp.QmpWatch;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Locale;

/** How long QEMUs take to answer the gateway of this process. There are as many series as the allow-list has commands, and their endings. */
public final class QmpMeasures implements QmpWatch {
    private final Histogram commands;

    public QmpMeasures(PrometheusRegistry registry) {
        commands = Measures.histogram(
                registry,
                "tidemark_qmp_command_duration_seconds",
                "QMP commands from the sending to the answer; 'queries' are several questions at once.",
                "command",
                "outcome");
    }

    @Override
    public void ended(String command, Ending ending, Duration took) {
        commands.labelValues(command, ending.name().toLowerCase(Locale.ROOT)).observe(Measures.seconds(took));
    }
}
