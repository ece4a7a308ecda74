package dev.tidemark.coordinator.view;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Under which circumstances a command was given. Travels as metadata of the events that the command caused, so that the
 * log tells who asked and the read models can be rebuilt with it.
 */
public record Circumstances(
        Optional<String> caller,
        Optional<String> idempotencyKey,
        Optional<String> requestHash,
        Map<String, String> origin) {
    /**
     * What of the origin there may be: which request, how its caller was known, by which token, from where, and what was called; and the
     * {@code traceparent} of the span in which it was appended.
     */
    public static final List<String> ORIGIN = List.of("request", "method", "token", "address", "route", "traceparent");

    private static final String CALLER = "caller";
    private static final String IDEMPOTENCY_KEY = "idempotency-key";
    private static final String REQUEST_HASH = "request-hash";

    public Circumstances {
        origin = Map.copyOf(origin);
    }

    /** Of whoever asks from inside. */
    public Circumstances(Optional<String> caller, Optional<String> idempotencyKey, Optional<String> requestHash) {
        this(caller, idempotencyKey, requestHash, Map.of());
    }

    public static Circumstances from(Map<String, String> metadata) {
        return new Circumstances(
                Optional.ofNullable(metadata.get(CALLER)),
                Optional.ofNullable(metadata.get(IDEMPOTENCY_KEY)),
                Optional.ofNullable(metadata.get(REQUEST_HASH)),
                origin(metadata));
    }

    private static Map<String, String> origin(Map<String, String> metadata) {
        Map<String, String> origin = new LinkedHashMap<>(metadata);
        origin.keySet().retainAll(ORIGIN);
        return origin;
    }

    public Map<String, String> toMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        caller.ifPresent(value -> metadata.put(CALLER, value));
        idempotencyKey.ifPresent(value -> metadata.put(IDEMPOTENCY_KEY, value));
        requestHash.ifPresent(value -> metadata.put(REQUEST_HASH, value));
        ORIGIN.stream().filter(origin::containsKey).forEach(key -> metadata.put(key, origin.get(key)));
        return metadata;
    }
}
