package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of commits, also of those of other coordinators on the same database. A notice may get lost: whoever waits looks again when
 * the time is over. Keeps a connection for itself while it is open; for one thread.
 */
public final class CommitWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommitWatch.class);

    private final DataSource source;
    private @Nullable Connection connection;

    public CommitWatch(DataSource source) {
        this.source = source;
    }

    /** Listens from now on, if the database answers: whoever begins before it reads misses no notice. */
    public void begin() {
        listening();
    }

    /** Returns when there was a notice since the last call, or when the time is over. */
    public void await(Duration limit) throws InterruptedException {
        Connection listening = listening();
        if (listening != null) {
            try {
                listening.unwrap(PGConnection.class).getNotifications((int) limit.toMillis());
                return;
            } catch (SQLException broken) {
                LOG.debug("notices cannot be heard", broken);
                close();
            }
        }
        Thread.sleep(limit);
    }

    private @Nullable Connection listening() {
        if (connection == null) {
            try {
                Connection opened = source.getConnection();
                connection = opened;
                try (Statement statement = opened.createStatement()) {
                    statement.execute("LISTEN " + CommitNotice.CHANNEL);
                }
            } catch (SQLException unavailable) {
                LOG.debug("notices cannot be heard", unavailable);
                close();
            }
        }
        return connection;
    }

    @Override
    public void close() {
        Connection listening = connection;
        connection = null;
        if (listening == null) {
            return;
        }
        try (listening;
                Statement statement = listening.createStatement()) {
            // It goes back to the pool: whoever gets it next did not ask for notices.
            statement.execute("UNLISTEN *");
        } catch (SQLException gone) {
            LOG.debug("a listening connection was not closed in order", gone);
        }
    }
}
