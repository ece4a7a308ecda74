package dev.tidemark.coordinator.view;

import java.sql.SQLException;

/** The database did not answer a question. Nothing was changed by asking. */
public final class StorageUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StorageUnavailable(SQLException cause) {
        super("the database did not answer: " + cause.getMessage(), cause);
    }
}
