package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;

/** The log as the database holds it, without anybody's understanding of it: for drills, which judge by it. */
public final class LogRows {
    private static final String ROWS = "SELECT global_index, concat_ws(' ', event_identifier, aggregate_identifier,"
            + " sequence_number, payload_type, payload::text) FROM tidemark.domain_event_entry";

    private LogRows() {}

    /** Each row's place and content. */
    public static SortedMap<Long, String> of(DataSource source) {
        SortedMap<Long, String> rows = new TreeMap<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(ROWS)) {
            while (found.next()) {
                rows.put(found.getLong(1), found.getString(2));
            }
            return rows;
        } catch (SQLException failure) {
            throw new IllegalStateException("the log cannot be read: " + failure.getMessage(), failure);
        }
    }
}
