package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** Which machines have events that were committed of late, by whichever coordinator. For one thread. */
public final class NewEvents {
    /** So many places back what was under way at the last look is found; what took longer still is found by who compares everything. */
    private static final long OVERLAP = 256;

    private static final String NEWEST = "SELECT coalesce(max(global_index), 0) FROM tidemark.domain_event_entry";
    private static final String SINCE = "SELECT aggregate_identifier, max(sequence_number) + 1, max(global_index)"
            + " FROM tidemark.domain_event_entry WHERE global_index > ? GROUP BY aggregate_identifier";

    private final DataSource source;
    private long newest = -1;

    public NewEvents(DataSource source) {
        this.source = source;
    }

    /** Machines with their versions, some of them known: those with events since the last call; none at the first call. */
    public Map<String, Long> versions() {
        try (Connection connection = source.getConnection()) {
            if (newest < 0) {
                try (PreparedStatement statement = connection.prepareStatement(NEWEST);
                        ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    newest = rows.getLong(1);
                }
                return Map.of();
            }
            return since(connection);
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private Map<String, Long> since(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SINCE)) {
            statement.setLong(1, newest - OVERLAP);
            Map<String, Long> versions = new HashMap<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.put(rows.getString(1), rows.getLong(2));
                    newest = Math.max(newest, rows.getLong(3));
                }
            }
            return versions;
        }
    }
}
