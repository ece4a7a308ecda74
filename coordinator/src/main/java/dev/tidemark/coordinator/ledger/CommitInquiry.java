package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what became of a commit whose answer was lost. The event's absence proves nothing while the server's process
 * that was told to commit still lives, so that one must be gone first. Behind a connection pooler that shares processes
 * this cannot be seen: there the answer may stay unknown, which is what it is.
 */
record CommitInquiry(DataSource source, Duration limit) {
    private static final Logger LOG = LoggerFactory.getLogger(CommitInquiry.class);
    private static final long PAUSE_MILLISECONDS = 100;

    enum Fate {
        COMMITTED,
        ROLLED_BACK,
        UNKNOWN
    }

    Fate fateOf(String eventId, int serverProcess) {
        long deadline = System.nanoTime() + limit.toNanos();
        do {
            Fate fate = look(eventId, serverProcess);
            if (fate != Fate.UNKNOWN) {
                return fate;
            }
        } while (pause() && System.nanoTime() < deadline);
        return Fate.UNKNOWN;
    }

    private Fate look(String eventId, int serverProcess) {
        try (Connection connection = source.getConnection()) {
            // In this order: once the process is gone, nothing can be committed between the two questions.
            boolean gone = !exists(connection, "SELECT FROM pg_stat_activity WHERE pid = ?", serverProcess);
            if (exists(connection, "SELECT FROM tidemark.domain_event_entry WHERE event_identifier = ?", eventId)) {
                return Fate.COMMITTED;
            }
            return gone ? Fate.ROLLED_BACK : Fate.UNKNOWN;
        } catch (SQLException failure) {
            LOG.debug("The outcome of a commit cannot be asked for yet", failure);
            return Fate.UNKNOWN;
        }
    }

    private static boolean exists(Connection connection, String question, Object parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setObject(1, parameter);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLISECONDS);
            return true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
