package dev.tidemark.coordinator.monitor.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;

/** The series of one metric, while they are gathered. */
final class Series {
    private final String name;
    private final String help;
    private final String[] labels;
    private final List<GaugeDataPointSnapshot> gauges = new ArrayList<>();
    private final List<CounterDataPointSnapshot> counters = new ArrayList<>();

    Series(String name, String help, String... labels) {
        this.name = name;
        this.help = help;
        this.labels = labels;
    }

    /** Exact as far as a double is: to 2^53, which is 8 PiB. */
    Series is(long value, String... values) {
        return is((double) value, values);
    }

    Series counts(long value, String... values) {
        return counts((double) value, values);
    }

    Series is(double value, String... values) {
        gauges.add(new GaugeDataPointSnapshot(value, Labels.of(labels, values), null));
        return this;
    }

    private Series counts(double value, String... values) {
        counters.add(new CounterDataPointSnapshot(value, Labels.of(labels, values), null, 0L));
        return this;
    }

    MetricSnapshot gauge() {
        return new GaugeSnapshot(new MetricMetadata(name, help), gauges);
    }

    MetricSnapshot counter() {
        return new CounterSnapshot(new MetricMetadata(name, help), counters);
    }
}
