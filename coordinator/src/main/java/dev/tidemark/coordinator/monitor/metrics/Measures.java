package dev.tidemark.coordinator.monitor.metrics;

import dev.tidemark.coordinator.dispatch.DispatchWatch;
import dev.tidemark.coordinator.ledger.LedgerWatch;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Locale;

/** What this process measures while it works; it begins anew with each start. */
final class Measures implements LedgerWatch, DispatchWatch {
    static final double NANOSECONDS = 1e9;
    private static final double[] SHORT = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    private final DistributionDataPoint appends;
    private final DistributionDataPoint loads;
    private final DistributionDataPoint wakes;
    private final Counter folds;
    private final Histogram requests;

    Measures(PrometheusRegistry registry) {
        appends = histogram(
                        registry,
                        "tidemark_append_duration_seconds",
                        "Appending events to the log: insert, read models, commit.")
                .labelValues();
        loads = histogram(
                        registry,
                        "tidemark_replay_duration_seconds",
                        "Folding one machine's state from its log, with its newest snapshot.")
                .labelValues();
        wakes = histogram(
                        registry,
                        "tidemark_wake_duration_seconds",
                        "From a commit until a gateway that waited was handed what there is to do.")
                .labelValues();
        folds = Counter.builder()
                .name("tidemark_replays_total")
                .help("States that were folded, by what the fold began with.")
                .labelNames("start")
                .register(registry);
        for (Beginning beginning : Beginning.values()) {
            folds.initLabelValues(label(beginning));
        }
        requests = histogram(
                registry,
                "tidemark_http_request_duration_seconds",
                "Requests that were answered, by the pattern of their route.",
                "method",
                "route",
                "status");
    }

    static Histogram histogram(PrometheusRegistry registry, String name, String help, String... labels) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(SHORT)
                .register(registry);
    }

    @Override
    public void appended(Duration took) {
        appends.observe(seconds(took));
    }

    @Override
    public void loaded(Duration took) {
        loads.observe(seconds(took));
    }

    @Override
    public void began(Beginning beginning) {
        folds.labelValues(label(beginning)).inc();
    }

    private static String label(Beginning beginning) {
        return beginning.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void woken(Duration took) {
        wakes.observe(seconds(took));
    }

    void answered(String method, String route, int status, Duration took) {
        requests.labelValues(method.toUpperCase(Locale.ROOT), route, Integer.toString(status))
                .observe(seconds(took));
    }

    static double seconds(Duration took) {
        return took.toNanos() / NANOSECONDS;
    }
}
