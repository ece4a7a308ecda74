package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other coordinators on the same database that there is something to read. After the commit, because a NOTIFY
 * inside the transaction makes commits queue up behind each other; and one for as many commits as came meanwhile. It may
 * get lost: listeners poll as well.
 */
final class CommitNotice implements AutoCloseable {
    static final String CHANNEL = "tidemark_events";

    /** A notice has nothing to keep: unlike the events that it tells of, it need not wait for the disk. */
    private static final String NOTIFY =
            "SELECT set_config('synchronous_commit', 'off', true), pg_notify('" + CHANNEL + "', '')";

    private static final Logger LOG = LoggerFactory.getLogger(CommitNotice.class);

    private final DataSource source;
    private final AtomicBoolean due = new AtomicBoolean();
    private final ExecutorService sender = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("ledger-notice").daemon().factory());

    CommitNotice(DataSource source) {
        this.source = source;
    }

    void committed() {
        if (due.compareAndSet(false, true)) {
            try {
                sender.execute(this::send);
            } catch (RejectedExecutionException closing) {
                LOG.debug("No notice is sent any more", closing);
            }
        }
    }

    private void send() {
        due.set(false);
        try (Connection connection = source.getConnection()) {
            send(connection);
        } catch (SQLException failure) {
            LOG.debug("A notice was not sent", failure);
        }
    }

    /** Behind whatever was committed on that connection. */
    static void send(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(NOTIFY);
        }
    }

    @Override
    public void close() {
        sender.close();
    }
}
