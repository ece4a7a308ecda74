package dev.tidemark.coordinator.ledger;

import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.HeadWriter;
import dev.tidemark.coordinator.evidence.LogRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * The records of a book as they are stored, in their order, in pages, and only as far as they are settled: whoever has seen a
 * record has seen all that will ever come before it.
 */
public final class RecordReader {
    private static final int PLACES = 1_000;
    private static final Duration HOLE_WAIT_LIMIT = Duration.ofSeconds(15);
    /** One answer, whatever the records hold; the first record is in it however long it is. */
    private static final long PAGE_CHARACTERS_MAX = 4L * 1024 * 1024;

    private static final String HASH = "encode(record_hash, 'hex')";
    private static final String LENGTH = "(length(payload::text) + length(meta_data::text))";
    private static final String RECORDS_PAGE = "SELECT global_index, transaction_id::text, event_identifier,"
            + " aggregate_identifier, sequence_number, type, time_stamp, payload_type, payload_revision, payload::text,"
            + " meta_data::text, " + HASH + " FROM (SELECT *, sum(" + LENGTH + ") OVER (ORDER BY global_index) - "
            + LENGTH
            + " AS before FROM (%s) AS next) AS page WHERE before < " + PAGE_CHARACTERS_MAX
            + " ORDER BY global_index";

    private final DataSource source;
    private final Horizon horizon;
    private final Duration patience;
    private final String placesPage;
    private final String recordsPage;
    private final String anyAhead;

    /** Of the log. */
    public RecordReader(DataSource source) {
        this(source, Book.LOG);
    }

    public RecordReader(DataSource source, Book book) {
        this(source, StoredBook.of(book), HOLE_WAIT_LIMIT);
    }

    RecordReader(DataSource source, Duration patience) {
        this(source, StoredBook.LOG, patience);
    }

    private RecordReader(DataSource source, StoredBook book, Duration patience) {
        this.source = source;
        this.horizon = new Horizon(source, book);
        this.patience = patience;
        String next = "SELECT * FROM " + book.records()
                + " WHERE global_index > ? AND global_index <= ? ORDER BY global_index LIMIT ?";
        this.placesPage = "SELECT global_index, " + HASH + " FROM (" + next + ") AS next";
        this.recordsPage = RECORDS_PAGE.formatted(next);
        this.anyAhead = "SELECT NOT EXISTS (SELECT FROM " + book.table() + " WHERE " + book.place() + " > ?)";
    }

    /** The next records behind a place; none when there are none, or none yet that are settled. */
    public List<LogRecord> page(long after, int limit) {
        return query(recordsPage, after, limit, RecordReader::recordIn);
    }

    /** Every settled record behind a place, page by page: no transaction is open between them. */
    public Stream<LogRecord> records(long after, int pageLength) {
        return Stream.iterate(
                        page(after, pageLength),
                        page -> !page.isEmpty(),
                        page -> page(page.getLast().globalIndex(), pageLength))
                .flatMap(List::stream);
    }

    /** Place and hash of every settled record behind a place. */
    public Stream<HeadWriter.Place> places(long after) {
        return Stream.iterate(
                        placesPage(after),
                        page -> !page.isEmpty(),
                        page -> placesPage(page.getLast().globalIndex()))
                .flatMap(List::stream);
    }

    private List<HeadWriter.Place> placesPage(long after) {
        return query(placesPage, after, PLACES, row -> new HeadWriter.Place(row.getLong(1), row.getString(2)));
    }

    private interface RowReading<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String question, long after, int limit, RowReading<T> reading) {
        long upTo = settled(after);
        if (upTo == after) {
            return List.of();
        }
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setLong(1, after);
            statement.setLong(2, upTo);
            statement.setInt(3, limit);
            List<T> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reading.read(rows));
                }
            }
            return found;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** The end of the log is told only where it is the end: not where somebody who appends is waited for in vain. */
    private long settled(long after) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                long upTo = horizon.after(after, patience);
                if (upTo > after || isEnd(after)) {
                    return upTo;
                }
                if (System.nanoTime() > deadline) {
                    throw new LedgerException.Unavailable(LedgerException.Cause.LOG_BUSY, null);
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new LedgerException.Unavailable(LedgerException.Cause.LOG_BUSY, stop);
        }
    }

    private boolean isEnd(long after) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(anyAhead)) {
            statement.setLong(1, after);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private static LogRecord recordIn(ResultSet row) throws SQLException {
        return new LogRecord(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                Optional.ofNullable(row.getString(9)),
                row.getString(10),
                row.getString(11),
                row.getString(12));
    }
}
