package dev.tidemark.coordinator.nthcall;

import ch.qos.logback.classic.Level;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * A real database whose calls can fail. They fail between the driver and production's own pool, so that the pool sees what it
 * would see, and throws connections away by itself; only the loan of a connection fails in front of it.
 */
final class FailingDatabase implements AutoCloseable {
    private static final String SESSIONS = "counted-calls";
    private static final Duration SESSION_END_LIMIT = Duration.ofSeconds(60);

    private final Database database;
    private final HikariDataSource pool;
    private volatile @Nullable FailureScript script;

    FailingDatabase(Database database) {
        this.database = database;
        HikariDataSource production = (HikariDataSource) database.application();
        HikariConfig configuration = new HikariConfig();
        production.copyStateTo(configuration);
        configuration.setPoolName("tidemark-counted");
        DataSource driver = production.getDataSource();
        configuration.setDataSource(overriding(
                DataSource.class,
                driver,
                (method, arguments) ->
                        method.getName().equals("getConnection") ? session(driver.getConnection()) : PASS));
        pool = new HikariDataSource(configuration);
    }

    /** What the coordinator gets. */
    DataSource source() {
        return overriding(
                DataSource.class,
                pool,
                (method, arguments) -> method.getName().equals("getConnection") ? lent() : PASS);
    }

    /** Never fails: for those who judge. */
    Database database() {
        return database;
    }

    /** Does it while one call fails. A failure that was asked for has nothing to say to a person. */
    void failing(FailureScript next, Runnable act) {
        Quiet.logging(Level.OFF);
        script = next;
        try {
            act.run();
        } finally {
            script = null;
            Quiet.logging(null);
        }
    }

    /** What is wrong with the sessions when nobody does anything; empty if nothing is. */
    String sessionsInUse() {
        int lent = pool.getHikariPoolMXBean().getActiveConnections();
        int pooled = pool.getHikariPoolMXBean().getTotalConnections();
        String ours =
                " FROM pg_stat_activity WHERE datname = current_database() AND application_name = '" + SESSIONS + "'";
        long busy = PlainSql.number(database.application(), "SELECT count(*)" + ours + " AND state <> 'idle'");
        long sessions = PlainSql.number(database.application(), "SELECT count(*)" + ours);
        return (lent == 0 ? "" : lent + " connections are lent. ")
                + (busy == 0 ? "" : busy + " sessions are in a transaction. ")
                // One that is just being opened is a session already and not yet in the pool.
                + (sessions <= pooled + 1 ? "" : sessions + " sessions for a pool of " + pooled);
    }

    private Object session(Connection real) throws SQLException {
        try (Statement statement = real.createStatement()) {
            statement.execute("SET application_name = '" + SESSIONS + "'");
            // Nothing here crashes the server, and thousands of commits need not wait for the disk.
            statement.execute("SET synchronous_commit = off");
        }
        return overriding(Connection.class, real, (method, arguments) -> switch (method.getName()) {
            case "commit", "rollback" -> call(method.getName(), real, real, method, arguments);
            case "setAutoCommit" ->
                endsTransaction(real, arguments)
                        ? call("commit by setAutoCommit", real, real, method, arguments)
                        : PASS;
            case "createStatement" -> statement(Statement.class, "", real, method, arguments);
            case "prepareStatement" ->
                statement(PreparedStatement.class, String.valueOf(arguments[0]), real, method, arguments);
            case "prepareCall" -> throw new UnsupportedOperationException("calls of procedures are not counted yet");
            default -> PASS;
        });
    }

    private static boolean endsTransaction(Connection real, Object[] arguments) throws SQLException {
        return Boolean.TRUE.equals(arguments[0])
                && real.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE;
    }

    private <T extends Statement> Object statement(
            Class<T> type, String prepared, Connection session, Method making, Object[] arguments) throws Throwable {
        Statement real = (Statement) invoke(session, making, arguments);
        return overriding(type, type.cast(real), (method, given) -> {
            if (method.getName().startsWith("execute")) {
                String text = prepared.isEmpty() && given.length > 0 ? String.valueOf(given[0]) : prepared;
                return call(method.getName() + " " + beginning(text), session, real, method, given);
            }
            if (method.getName().equals("setFetchSize")) {
                throw new UnsupportedOperationException("the pages of a result would have to be counted, too");
            }
            return PASS;
        });
    }

    private Object call(String name, Connection session, Object target, Method method, Object[] arguments)
            throws Throwable {
        FailureScript current = script;
        if (current == null || !current.isDue(name)) {
            return invoke(target, method, arguments);
        }
        return switch (current.way()) {
            case UNSENT -> throw new SQLException("played: the network broke before", "08006");
            case COLLISION -> throw said(session, "40001");
            case CANCELLED -> throw said(session, "57014");
            case ANSWER_LOST -> {
                invoke(target, method, arguments);
                session.abort(Runnable::run);
                throw new SQLException("played: the network broke before the answer", "08006");
            }
            case SESSION_ENDED -> {
                endSession(session);
                yield invoke(target, method, arguments);
            }
        };
    }

    private Connection lent() throws SQLException {
        FailureScript current = script;
        if (current == null || !current.isDue("getConnection")) {
            return pool.getConnection();
        }
        return switch (current.way()) {
            case UNSENT -> throw new SQLTransientConnectionException("played: all connections were taken for too long");
            case COLLISION -> throw poolSays("53300");
            case CANCELLED -> throw poolSays("57P03");
            case ANSWER_LOST -> {
                pool.getConnection().close();
                throw poolSays("08001");
            }
            case SESSION_ENDED -> {
                Connection connection = pool.getConnection();
                endSession(connection);
                yield connection;
            }
        };
    }

    /** As the pool passes on what the server answers to one who wants to begin a session. */
    private static SQLException poolSays(String state) {
        return new SQLTransientConnectionException(
                "played: no connection", state, new SQLException("played: refused", state));
    }

    /** Has the server itself say it, so that the transaction has failed as it would have. */
    private static SQLException said(Connection session, String state) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("DO $$ BEGIN RAISE EXCEPTION 'played' USING ERRCODE = '" + state + "'; END $$");
        } catch (SQLException answer) {
            return answer;
        }
        throw new IllegalStateException("the server did not say " + state);
    }

    private void endSession(Connection connection) throws SQLException {
        int process = connection.unwrap(PGConnection.class).getBackendPID();
        PlainSql.number(database.application(), "SELECT pg_terminate_backend(" + process + ")::int");
        Awaitility.await()
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(1))
                .atMost(SESSION_END_LIMIT)
                .until(() -> PlainSql.number(
                                database.application(), "SELECT count(*) FROM pg_stat_activity WHERE pid = " + process)
                        == 0);
    }

    private static String beginning(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= 60 ? line : line.substring(0, 60) + "…";
    }

    /** What an {@link Overriding} answers if it leaves the call to the real one. */
    static final Object PASS = new Object();

    @FunctionalInterface
    interface Overriding {
        @Nullable
        Object answer(Method method, Object[] arguments) throws Throwable;
    }

    static <T> T overriding(Class<T> type, T real, Overriding override) {
        InvocationHandler handler = (proxy, method, given) -> {
            Object[] arguments = given == null ? new Object[0] : given;
            Object answer = override.answer(method, arguments);
            return PASS.equals(answer) ? invoke(real, method, arguments) : answer;
        };
        return type.cast(
                Proxy.newProxyInstance(FailingDatabase.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    @Override
    public void close() {
        pool.close();
        database.close();
    }
}
