package dev.tidemark.coordinator.ledger.floor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The product's own tables read row by row, every column as it comes and nothing made of it. */
public final class PlainReads {
    /** As the ledger reads: so many rows at a time. */
    private static final int PAGE_LENGTH = 500;

    private static final String EVENTS = " FROM tidemark.domain_event_entry ";
    private static final String LOG =
            "SELECT global_index, aggregate_identifier, sequence_number, event_identifier, time_stamp, payload_type,"
                    + " payload, meta_data" + EVENTS + "WHERE global_index > ? ORDER BY global_index LIMIT "
                    + PAGE_LENGTH;

    /** What replay asks for, and nothing that it does not: not who appended an event, nor its place in the whole log. */
    private static final String MACHINE = "SELECT sequence_number, event_identifier, time_stamp, payload_type, payload"
            + EVENTS + "WHERE aggregate_identifier = ? AND sequence_number >= ? ORDER BY sequence_number LIMIT "
            + PAGE_LENGTH;

    private static final String REGISTERED =
            "SELECT v.*, d.* FROM tidemark.vm v LEFT JOIN tidemark.vm_disk d ON d.vm = v.id"
                    + " WHERE v.removed_at IS NULL ORDER BY v.name";
    private static final String NEWEST_BACKUPS = """
            SELECT v.id, v.name, v.host, v.registered_at, b.*
              FROM tidemark.vm v
              LEFT JOIN LATERAL (SELECT id, repository, started_at, completed_at, verified_at FROM tidemark.backup
                                  WHERE vm = v.id AND state = 'COMPLETED' ORDER BY version DESC LIMIT 1) b ON true
             WHERE v.removed_at IS NULL ORDER BY v.name
            """;

    private final DataSource application;

    public PlainReads(DataSource application) {
        this.application = application;
    }

    /** The whole log in its order, page by page; gives how many events there are. */
    public long log() {
        return ask(connection -> {
            long events = 0;
            long after = 0;
            while (true) {
                try (PreparedStatement statement = connection.prepareStatement(LOG)) {
                    statement.setLong(1, after);
                    Read read = read(statement);
                    events += read.rows();
                    after = read.last();
                    if (read.rows() < PAGE_LENGTH) {
                        return events;
                    }
                }
            }
        });
    }

    /** One machine's log in its order, page by page; gives how many events it has. */
    public long log(String machine) {
        return ask(connection -> {
            long events = 0;
            while (true) {
                try (PreparedStatement statement = connection.prepareStatement(MACHINE)) {
                    statement.setString(1, machine);
                    statement.setLong(2, events);
                    Read read = read(statement);
                    events += read.rows();
                    if (read.rows() < PAGE_LENGTH) {
                        return events;
                    }
                }
            }
        });
    }

    /** The rows of every registered machine with its disks. */
    public long machines() {
        return rows(REGISTERED);
    }

    /** The row of every registered machine with that of its newest completed backup. */
    public long newestBackups() {
        return rows(NEWEST_BACKUPS);
    }

    private long rows(String question) {
        return ask(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(question)) {
                return read(statement).rows();
            }
        });
    }

    private interface Question {
        long ask(Connection connection) throws SQLException;
    }

    private long ask(Question question) {
        try (Connection connection = application.getConnection()) {
            return question.ask(connection);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** How many rows there were, and what the first column of the last one held if that is a number. */
    private record Read(long rows, long last) {}

    private static Read read(PreparedStatement statement) throws SQLException {
        long rows = 0;
        long last = 0;
        try (ResultSet found = statement.executeQuery()) {
            int columns = found.getMetaData().getColumnCount();
            boolean numbered = found.getMetaData().getColumnTypeName(1).endsWith("serial")
                    || found.getMetaData().getColumnTypeName(1).equals("int8");
            while (found.next()) {
                rows++;
                last = numbered ? found.getLong(1) : rows;
                for (int column = 1; column <= columns; column++) {
                    found.getString(column);
                }
            }
        }
        return new Read(rows, last);
    }
}
