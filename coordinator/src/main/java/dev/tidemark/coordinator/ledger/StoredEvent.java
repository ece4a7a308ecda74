package dev.tidemark.coordinator.ledger;

import java.time.Instant;
import java.util.Map;

/**
 * An event with its place in history.
 *
 * @param globalIndex its place among all events; there are gaps
 * @param sequence its place among the machine's events, from 0 and without gaps
 * @param type the stored name, {@code checkpoint-requested.v1}
 */
public record StoredEvent<E>(
        long globalIndex,
        String aggregateId,
        long sequence,
        String eventId,
        Instant recordedAt,
        String type,
        E event,
        Map<String, String> metadata) {
    public StoredEvent {
        metadata = Map.copyOf(metadata);
    }
}
