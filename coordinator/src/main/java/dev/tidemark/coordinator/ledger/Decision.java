package dev.tidemark.coordinator.ledger;

import java.util.List;

/** What the pure core makes of a command. */
public sealed interface Decision<E, R> {

    /** Do this; no events means that it is done already. */
    record Accepted<E, R>(List<E> events) implements Decision<E, R> {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    record Rejected<E, R>(R rejection) implements Decision<E, R> {}
}
