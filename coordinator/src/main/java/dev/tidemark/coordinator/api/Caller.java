package dev.tidemark.coordinator.api;

import dev.tidemark.coordinator.view.Circumstances;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who asks, and under which idempotency key.
 *
 * @param origin from where and by which request, see {@link Circumstances#ORIGIN}; empty for whoever asks from inside
 */
public record Caller(String name, Optional<Key> key, Map<String, String> origin) {
    public Caller {
        origin = Map.copyOf(origin);
    }

    /** From inside. */
    public Caller(String name, Optional<Key> key) {
        this(name, key, Map.of());
    }

    /** The caller's key and the digest of the request that it stands for. */
    public record Key(String value, String requestHash) {}

    /** The same, on a trace. */
    public Caller tracedAs(Optional<String> traceparent) {
        if (traceparent.isEmpty()) {
            return this;
        }
        Map<String, String> traced = new LinkedHashMap<>(origin);
        traced.put("traceparent", traceparent.get());
        return new Caller(name, key, traced);
    }

    /** The id of the request, if it asks by HTTP. */
    public Optional<String> request() {
        return Optional.ofNullable(origin.get("request"));
    }

    /** What the log keeps of it. */
    public Map<String, String> metadata() {
        return new Circumstances(Optional.of(name), key.map(Key::value), key.map(Key::requestHash), origin)
                .toMetadata();
    }
}
