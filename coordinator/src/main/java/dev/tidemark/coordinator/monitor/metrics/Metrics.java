package dev.tidemark.coordinator.monitor.metrics;

import dev.tidemark.coordinator.dispatch.DispatchWatch;
import dev.tidemark.coordinator.dispatch.Standing;
import dev.tidemark.coordinator.ledger.LedgerWatch;
import dev.tidemark.gateway.qmp.QmpWatch;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** All that a coordinator measures, and what Prometheus is given of it. */
public final class Metrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Measures measures = new Measures(registry);
    private final QmpMeasures qmp = new QmpMeasures(registry);
    private final DriftCounts drift = new DriftCounts();
    private final AtomicReference<@Nullable Source> fleet = new AtomicReference<>();
    private final AtomicReference<IntSupplier> streams = new AtomicReference<>(new AtomicInteger()::get);

    private record Source(Fleet fleet, RepositorySpace space) {}

    /** Of this process alone, until {@link #of} says of which fleet. */
    public Metrics(String version) {
        JvmMetrics.builder().register(registry);
        Info.builder()
                .name("tidemark_build_info")
                .help("The version of this coordinator.")
                .labelNames("version")
                .register(registry)
                .addLabelValues(version);
    }

    public LedgerWatch ledger() {
        return measures;
    }

    public DispatchWatch dispatch() {
        return measures;
    }

    public QmpWatch qmp() {
        return qmp;
    }

    /** From now on also the figures of this fleet. */
    public void of(Fleet watched) {
        fleet.set(new Source(watched, new RepositorySpace(watched.repositories())));
    }

    /** How many streams of events are open. */
    public void streams(IntSupplier open) {
        streams.set(open);
    }

    /**
     * A request was answered.
     *
     * @param route the pattern, never the path: anybody can make up paths
     */
    public void answered(String method, String route, int status, Duration took) {
        measures.answered(method, route, status, took);
    }

    /** Everything, for somebody who may see every machine. */
    public Exposition everything(String accepted) {
        List<MetricSnapshot> all = new ArrayList<>();
        registry.scrape().forEach(all::add);
        all.add(new Series("tidemark_event_streams", "Streams of events that are open.")
                .is(streams.get().getAsInt())
                .gauge());
        Source source = fleet.get();
        if (source != null) {
            Fleet watched = source.fleet();
            var figures = watched.figures().all();
            Standing standing = watched.standing().get();
            all.addAll(MachineSeries.of(figures.machines(), standing, drift.of(standing.machines())));
            all.addAll(FleetSeries.of(
                    figures,
                    standing,
                    watched.heads().get(),
                    watched.pool(),
                    source.space().now(),
                    Instant.now()));
        }
        return written(accepted, all);
    }

    /** Of the machines whose names match this expression, and of nothing else. */
    public Exposition of(String machines, String accepted) {
        Source source = fleet.get();
        if (source == null) {
            return written(accepted, List.of());
        }
        Standing standing = source.fleet().standing().get();
        return written(
                accepted,
                MachineSeries.of(source.fleet().figures().of(machines), standing, drift.of(standing.machines())));
    }

    private static Exposition written(String accepted, List<MetricSnapshot> snapshots) {
        return Exposition.of(accepted, new MetricSnapshots(snapshots));
    }
}
