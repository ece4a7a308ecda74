package dev.tidemark.coordinator.ledger;

/** The names under which events are stored: explicit and versioned, so that classes can move. */
public interface EventTypes {
    /** For example {@code checkpoint-requested.v1}. */
    String nameOf(Class<?> type);

    /**
     * What a stored event is read into.
     *
     * @throws IllegalArgumentException if nobody knows the name
     */
    Class<?> classOf(String name);
}
