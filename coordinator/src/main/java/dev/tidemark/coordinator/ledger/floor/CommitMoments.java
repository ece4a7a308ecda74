package dev.tidemark.coordinator.ledger.floor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import javax.sql.DataSource;

/**
 * When the server committed what, by its own clock, which is that of this machine: for those who measure what comes after. It is the
 * moment at which it began to: writing the commit to the disk lies behind it.
 */
public final class CommitMoments {
    private static final String FIRST_EVENT = "SELECT pg_xact_commit_timestamp(xmin) FROM tidemark.domain_event_entry"
            + " WHERE aggregate_identifier = ? AND sequence_number = 0";

    private final DataSource application;

    /** On a server that keeps them. */
    public CommitMoments(DataSource application) {
        this.application = application;
    }

    /** When a machine's first event was committed. */
    public Instant ofFirstEvent(String machine) {
        try (Connection connection = application.getConnection();
                PreparedStatement statement = connection.prepareStatement(FIRST_EVENT)) {
            statement.setString(1, machine);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("there is no machine " + machine);
                }
                return row.getObject(1, OffsetDateTime.class).toInstant();
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
