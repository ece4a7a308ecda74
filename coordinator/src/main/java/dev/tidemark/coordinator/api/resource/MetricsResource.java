package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.monitor.metrics.Exposition;
import dev.tidemark.coordinator.monitor.metrics.Metrics;
import dev.tidemark.coordinator.security.Callers;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** {@code /metrics}, as Prometheus asks for it. */
@RestController
public final class MetricsResource {
    private final Metrics metrics;

    public MetricsResource(Metrics metrics) {
        this.metrics = metrics;
    }

    @GetMapping(
            path = "/metrics",
            produces = {MediaType.TEXT_PLAIN_VALUE, "application/openmetrics-text"})
    ResponseEntity<byte[]> metrics(@RequestHeader(value = HttpHeaders.ACCEPT, defaultValue = "") String accepted) {
        Exposition exposition = Callers.current()
                .scope()
                .restriction()
                .map(machines -> metrics.of(machines, accepted))
                .orElseGet(() -> metrics.everything(accepted));
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_TYPE, exposition.contentType())
                .body(exposition.text().getBytes(StandardCharsets.UTF_8));
    }
}
