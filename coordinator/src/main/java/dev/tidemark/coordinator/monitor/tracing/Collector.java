package dev.tidemark.coordinator.monitor.tracing;

import java.net.URI;
import java.util.Map;

/**
 * Who takes spans by OTLP/HTTP.
 *
 * @param url the place below which there is one for traces
 * @param headers what it is shown with each of them: one may be a secret
 */
public record Collector(URI url, Map<String, String> headers) {
    public Collector {
        headers = Map.copyOf(headers);
    }

    /** A record would print the secret. */
    @Override
    public String toString() {
        return "Collector[" + url + "]";
    }
}
