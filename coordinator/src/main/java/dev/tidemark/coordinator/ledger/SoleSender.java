package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to send, which one coordinator of a database has at a time: a lock that the database holds for a connection, and lets go of when
 * that ends, however it ends. Keeps a connection for itself while it has or wants the right.
 */
public final class SoleSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SoleSender.class);

    /** Ours among the advisory locks of this database. */
    private static final long LOCK = 0x7469_6465_7765_6268L;

    private static final int VALID_SECONDS = 2;

    private final DataSource source;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection connection;
    private boolean held;

    public SoleSender(DataSource source) {
        this.source = source;
    }

    /** Whether this one may send now; asks for the right if it is free. */
    public boolean mayNow() {
        lock.lock();
        try {
            Connection open = connection;
            if (open != null && !open.isValid(VALID_SECONDS)) {
                letGo();
                open = null;
            }
            if (open == null) {
                open = source.getConnection();
                connection = open;
            }
            if (!held) {
                held = isGranted(open, "pg_try_advisory_lock");
            }
            return held;
        } catch (SQLException unavailable) {
            LOG.debug("whether to send is not known", unavailable);
            letGo();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private static boolean isGranted(Connection connection, String function) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + function + "(" + LOCK + ")")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private void letGo() {
        Connection open = connection;
        boolean unlock = held;
        connection = null;
        held = false;
        if (open == null) {
            return;
        }
        try (open) {
            // It goes back to the pool, where the lock would stay with it.
            if (unlock) {
                isGranted(open, "pg_advisory_unlock");
            }
        } catch (SQLException gone) {
            LOG.debug("the database lets go of the lock itself", gone);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            letGo();
        } finally {
            lock.unlock();
        }
    }
}
