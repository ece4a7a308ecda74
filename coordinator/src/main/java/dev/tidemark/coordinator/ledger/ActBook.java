package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.id.Ulid;
import dev.tidemark.schema.json.Json;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Where acts are written down: appended, never changed, each following on the one before of the same process. Those who wait at the same
 * moment share a transaction.
 *
 * <p>Whether an act was written is not known when the answer to a commit is lost. Then a new chain is begun, and the caller is told that
 * nothing was done: a record of something that was not done harms nobody.
 */
public final class ActBook {
    private static final int TOGETHER_MAX = 200;
    private static final String APPEND =
            "INSERT INTO tidemark.act_entry (writer, sequence, content) VALUES (?, ?, ?::json)";

    private final DataSource source;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final ReentrantLock turn = new ReentrantLock();
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private @Nullable String writer;
    private long next;

    public ActBook(DataSource source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** An act on its way; guarded by the turn once it was taken. */
    private static final class Entry {
        private final String content;
        private boolean written;
        private @Nullable SQLException failure;

        Entry(String content) {
            this.content = content;
        }

        boolean isSettled() {
            return written || failure != null;
        }
    }

    /**
     * Returns when it is on the disk.
     *
     * @throws LedgerException if it is not; then what it is about must not be done
     */
    public void append(Act act) {
        Entry entry = new Entry(Json.MAPPER.writeValueAsString(act));
        synchronized (waiting) {
            waiting.add(entry);
        }
        turn.lock();
        try {
            while (!entry.isSettled()) {
                writeThoseWhoWait();
            }
            if (entry.failure != null) {
                throw Sorting.ofReading(entry.failure);
            }
        } finally {
            turn.unlock();
        }
    }

    private void writeThoseWhoWait() {
        List<Entry> together = new ArrayList<>();
        synchronized (waiting) {
            while (!waiting.isEmpty() && together.size() < TOGETHER_MAX) {
                together.add(waiting.poll());
            }
        }
        try {
            write(together);
            together.forEach(entry -> entry.written = true);
        } catch (SQLException failure) {
            writer = null;
            together.forEach(entry -> entry.failure = failure);
        }
    }

    private void write(List<Entry> together) throws SQLException {
        String chain = writer;
        if (chain == null) {
            byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
            random.nextBytes(randomness);
            chain = Ulid.encode(clock.millis(), randomness);
            writer = chain;
            next = 0;
        }
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(APPEND)) {
                long number = next;
                for (Entry entry : together) {
                    statement.setString(1, chain);
                    statement.setLong(2, number++);
                    statement.setString(3, entry.content);
                    statement.addBatch();
                }
                statement.executeBatch();
                connection.commit();
                next = number;
            } catch (SQLException failure) {
                connection.rollback();
                throw failure;
            }
        }
    }
}
