package dev.tidemark.coordinator.api;

import dev.tidemark.coordinator.view.Circumstances;
import java.util.Map;
import java.util.Optional;

/** Who asks, and under which idempotency key. */
public record Caller(String name, Optional<Key> key) {
    /** The caller's key and the digest of the request that it stands for. */
    public record Key(String value, String requestHash) {}

    /** What the log keeps of it. */
    public Map<String, String> metadata() {
        return new Circumstances(Optional.of(name), key.map(Key::value), key.map(Key::requestHash)).toMetadata();
    }
}
