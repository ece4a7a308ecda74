package dev.tidemark.coordinator.ledger.floor;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** How the database itself wakes somebody: one connection notifies, another one waits for that. */
public final class PlainNotice implements AutoCloseable {
    private static final String CHANNEL = "floor";
    private static final int PATIENCE_MILLISECONDS = 10_000;

    private final Connection notifying;
    private final Connection listening;

    public PlainNotice(DataSource application) {
        try {
            notifying = application.getConnection();
            listening = application.getConnection();
            run(listening, "LISTEN " + CHANNEL);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Nanoseconds from the commit of a notification until whoever waits for it has it. */
    public long nanoseconds() throws InterruptedException {
        AtomicLong woken = new AtomicLong();
        Thread waiting = Thread.ofPlatform().daemon().name("floor-notice").start(() -> woken.set(await()));
        awaitAsleep(waiting);
        long committed = notified();
        waiting.join();
        if (woken.get() == 0) {
            throw new IllegalStateException("no notice came in " + PATIENCE_MILLISECONDS + " ms");
        }
        return woken.get() - committed;
    }

    private static void awaitAsleep(Thread waiting) throws InterruptedException {
        // It cannot be seen from here that it has come to its socket; that takes microseconds.
        Thread.sleep(2);
        if (!waiting.isAlive()) {
            throw new IllegalStateException("nobody waits");
        }
    }

    private long notified() {
        try {
            run(notifying, "NOTIFY " + CHANNEL);
            return System.nanoTime();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private long await() {
        try {
            return listening.unwrap(PGConnection.class).getNotifications(PATIENCE_MILLISECONDS).length > 0
                    ? System.nanoTime()
                    : 0;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void run(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    @Override
    public void close() {
        try (notifying;
                listening) {
            run(listening, "UNLISTEN *");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
