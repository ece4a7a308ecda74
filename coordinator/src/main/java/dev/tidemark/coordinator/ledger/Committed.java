package dev.tidemark.coordinator.ledger;

import java.util.List;

/** Word of a commit: the machine, how many events it has now, and the new ones; never empty. */
public record Committed<E>(String aggregateId, long version, List<StoredEvent<E>> events) {
    public Committed {
        events = List.copyOf(events);
    }
}
