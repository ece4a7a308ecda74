package dev.tidemark.coordinator.ledger;

import java.util.List;

/** What became of a command. */
public sealed interface Answer<E, R> {

    /**
     * Accepted and on disk.
     *
     * @param version how many events the machine has now
     * @param events empty when there was nothing to do
     */
    record Appended<E, R>(String aggregateId, long version, List<StoredEvent<E>> events) implements Answer<E, R> {
        public Appended {
            events = List.copyOf(events);
        }
    }

    /** Rejected by the decision; nothing was appended. */
    record Refused<E, R>(R rejection) implements Answer<E, R> {}
}
