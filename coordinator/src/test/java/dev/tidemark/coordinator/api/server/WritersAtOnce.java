package dev.tidemark.coordinator.api.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/**
 * Several processes that append to the log, as the ledger does: read the machine's last number, insert the next ones, commit. Between
 * the steps they dawdle, and now and then they roll back: so indexes become visible out of order, and some never do.
 */
final class WritersAtOnce {
    private static final int WRITERS = 8;
    private static final int MACHINES = 5;
    private static final String CONFLICT = "23505";

    private final DataSource database;
    private final String prefix;
    private final long seed;

    WritersAtOnce(DataSource database, String prefix, long seed) {
        this.database = database;
        this.prefix = prefix;
        this.seed = seed;
    }

    /** One event's place. */
    record Place(String machine, long version) {}

    /** Appends; returns when every writer is done. */
    void append(int transactionsEach) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                Random random = new Random(seed + writer);
                writers.add(threads.submit(() -> {
                    for (int round = 0; round < transactionsEach; round++) {
                        appendOnce(random);
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
    }

    private void appendOnce(Random random) throws SQLException, InterruptedException {
        String machine = prefix + random.nextInt(MACHINES);
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                long next = next(statement, machine);
                Thread.sleep(random.nextInt(3));
                int events = 1 + random.nextInt(3);
                for (int event = 0; event < events; event++) {
                    insert(connection, machine, next + event, "counted.v1", "{\"n\": " + (next + event) + "}");
                    Thread.sleep(random.nextInt(4));
                }
                Thread.sleep(random.nextInt(20));
                if (random.nextInt(7) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
            } catch (SQLException failure) {
                connection.rollback();
                if (!CONFLICT.equals(failure.getSQLState())) {
                    throw failure;
                }
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private static long next(Statement statement, String machine) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT coalesce(max(sequence_number), -1) + 1"
                + " FROM tidemark.domain_event_entry WHERE aggregate_identifier = '" + machine + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    static void insert(Connection connection, String machine, long sequence, String type, String payload)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO tidemark.domain_event_entry
                    (event_identifier, aggregate_identifier, sequence_number, type, time_stamp, payload_type, payload,
                     meta_data)
                VALUES (gen_random_uuid()::text, ?, ?, 'Machine', '2026-01-02T03:04:05.000Z', ?, ?::json, '{}')
                """)) {
            statement.setString(1, machine);
            statement.setLong(2, sequence);
            statement.setString(3, type);
            statement.setString(4, payload);
            statement.executeUpdate();
        }
    }

    /** All that was committed. */
    List<Place> committed() throws SQLException {
        Naive reader = new Naive();
        reader.readOn();
        return reader.seen();
    }

    /** The reader that one would write first: whatever has a larger index than the last one that was seen. */
    final class Naive {
        private final List<Place> seen = new ArrayList<>();
        private long last;

        List<Place> seen() {
            return List.copyOf(seen);
        }

        void readOn() throws SQLException {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows =
                            statement.executeQuery("SELECT global_index, aggregate_identifier, sequence_number + 1"
                                    + " FROM tidemark.domain_event_entry WHERE global_index > " + last
                                    + " AND aggregate_identifier LIKE '" + prefix + "%' ORDER BY global_index")) {
                while (rows.next()) {
                    last = rows.getLong(1);
                    seen.add(new Place(rows.getString(2), rows.getLong(3)));
                }
            }
        }
    }
}
