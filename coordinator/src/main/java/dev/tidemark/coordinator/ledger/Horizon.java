package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Up to where the log can be read without passing an event that is still under way.
 *
 * <p>The global index is drawn before the commit, so a reader may see 6 while 5 is on its way. What is missing below an index that can be
 * seen will either come or never come, and which of the two is told exactly, not by a time-out: whoever inserts holds a lock on the
 * table from before it draws an index until its commit can be seen. So every transaction that could still fill such a hole holds
 * that lock now, and once those that do have ended, the hole is final. Transactions of other tables and databases do not count.
 */
public final class Horizon {
    private static final int AHEAD_MAX = 1_000;
    private static final long PAUSE_MILLISECONDS = 5;
    private static final String WRITERS = """
            SELECT virtualtransaction FROM pg_locks
             WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
               AND relation = ?::regclass
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;

    private final DataSource source;
    private final String table;
    private final String ahead;
    private final String newest;

    /** Of the log. */
    public Horizon(DataSource source) {
        this(source, StoredBook.LOG);
    }

    Horizon(DataSource source, StoredBook book) {
        this.source = source;
        this.table = book.table();
        this.ahead = "SELECT " + book.place() + " FROM " + table + " WHERE " + book.place() + " > ? ORDER BY "
                + book.place() + " LIMIT " + AHEAD_MAX;
        this.newest = "SELECT coalesce(max(" + book.place() + "), 0) FROM " + table;
    }

    /** The newest index below which nothing can appear any more; empty if somebody is under way for longer than the limit. */
    public OptionalLong newest(Duration limit) throws InterruptedException {
        List<Long> found = numbers(newest);
        return holesAreFinal(limit) ? OptionalLong.of(found.getFirst()) : OptionalLong.empty();
    }

    /** A newer index than this one, which is known to be settled, below which nothing can appear any more; else the same. */
    public long after(long settled, Duration limit) throws InterruptedException {
        List<Long> found = numbers(ahead, settled);
        int whole = lengthWithoutHole(found, settled);
        if (whole < found.size() && holesAreFinal(limit)) {
            return found.getLast();
        }
        return whole == 0 ? settled : found.get(whole - 1);
    }

    /** Waits until those who insert at this moment have ended: what is missing below an index that was seen before never comes. */
    boolean holesAreFinal(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Set<String> underWay = writers();
        while (!underWay.isEmpty()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(PAUSE_MILLISECONDS);
            underWay.retainAll(writers());
        }
        return true;
    }

    static int lengthWithoutHole(List<Long> indexes, long after) {
        long expected = after + 1;
        for (int position = 0; position < indexes.size(); position++) {
            if (indexes.get(position) != expected++) {
                return position;
            }
        }
        return indexes.size();
    }

    private Set<String> writers() {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(WRITERS)) {
            statement.setString(1, table);
            Set<String> writers = new HashSet<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    writers.add(rows.getString(1));
                }
            }
            return writers;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private List<Long> numbers(String question, long... parameters) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(question)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setLong(index + 1, parameters[index]);
            }
            List<Long> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getLong(1));
                }
            }
            return found;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }
}
