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

    /**
     * Not decided on at all, for the machine was not at a version that was expected; nothing was appended.
     *
     * @param version the one that it is at
     */
    record Outdated<E, R>(long version) implements Answer<E, R> {}

    /** Rejected by the decision; nothing was appended. */
    record Refused<E, R>(R rejection) implements Answer<E, R> {}
}
