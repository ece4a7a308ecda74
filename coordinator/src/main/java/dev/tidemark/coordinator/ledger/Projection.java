package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.SQLException;

/** Keeps a read model. An exception takes the event back as well: the two never differ. */
@FunctionalInterface
public interface Projection<E> {
    /** Runs inside the transaction that appends; must neither commit nor close the connection. */
    void apply(StoredEvent<E> event, Connection connection) throws SQLException;
}
