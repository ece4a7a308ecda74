package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Keeps a read model. An exception takes the event back as well: the two never differ. */
@FunctionalInterface
public interface Projection<E> {
    /** Runs inside the transaction that appends; must neither commit nor close the connection. */
    void apply(StoredEvent<E> event, Connection connection) throws SQLException;

    /** All events of a transaction, those of each machine in their order; the same as one after the other. */
    default void applyAll(List<StoredEvent<E>> events, Connection connection) throws SQLException {
        for (StoredEvent<E> event : events) {
            apply(event, connection);
        }
    }

    /** Takes all events of a transaction at once. */
    @FunctionalInterface
    interface OfTransaction<E> {
        void applyAll(List<StoredEvent<E>> events, Connection connection) throws SQLException;
    }

    /** One that knows how to take many events with fewer statements. */
    static <E> Projection<E> of(OfTransaction<E> projection) {
        return new Projection<>() {
            @Override
            public void apply(StoredEvent<E> event, Connection connection) throws SQLException {
                projection.applyAll(List.of(event), connection);
            }

            @Override
            public void applyAll(List<StoredEvent<E>> events, Connection connection) throws SQLException {
                projection.applyAll(events, connection);
            }
        };
    }
}
