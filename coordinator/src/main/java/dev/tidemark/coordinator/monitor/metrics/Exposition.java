package dev.tidemark.coordinator.monitor.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Figures as text, and in which format. */
public record Exposition(String contentType, String text) {
    private static final ExpositionFormats FORMATS = ExpositionFormats.init();

    /** In the format that is accepted: Prometheus' own unless OpenMetrics is asked for. */
    static Exposition of(String accepted, MetricSnapshots snapshots) {
        ExpositionFormatWriter format = FORMATS.findWriter(accepted);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            format.write(text, snapshots);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new Exposition(format.getContentType(), text.toString(StandardCharsets.UTF_8));
    }
}
