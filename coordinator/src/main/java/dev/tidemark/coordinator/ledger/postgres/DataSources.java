package dev.tidemark.coordinator.ledger.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** How we connect, in one place: time-outs, names, the application's role. */
final class DataSources {
    static final String APPLICATION_ROLE = "tidemark_application";

    /** Reads the views for auditors; whoever shall have it gets it from somebody who may give it. */
    static final String AUDITOR_ROLE = "tidemark_auditor";

    private static final int POOL_SIZE_MAX = 16;
    private static final int CONNECT_TIMEOUT_SECONDS = 10;
    private static final long POOL_WAIT_MILLISECONDS_MAX = 5_000;
    private static final long IDLE_MILLISECONDS_MAX = 600_000;

    /**
     * A transaction here takes milliseconds and does no input or output of its own. One that stands idle belongs to a
     * coordinator that hangs, and it keeps readers of the log waiting: the server ends it.
     */
    private static final String LIMITS = "-c idle_in_transaction_session_timeout=10s -c statement_timeout=30s"
            + " -c lock_timeout=10s"
            // What is asked of a large fleet looks dear to the planner, which would then compile it for longer than it
            // runs.
            + " -c jit=off";

    /** Longer than the server's own limit, so that it is the server that decides; this ends a wait on a dead network. */
    private static final int SOCKET_TIMEOUT_SECONDS = 45;

    private DataSources() {}

    /** Not pooled, no limits on statements: for migrations. */
    static PGSimpleDataSource plain(String url, @Nullable String user, @Nullable String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        if (user != null) {
            source.setUser(user);
        }
        if (password != null) {
            source.setPassword(password);
        }
        source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
        source.setLoginTimeout(CONNECT_TIMEOUT_SECONDS);
        source.setTcpKeepAlive(true);
        source.setApplicationName("tidemark");
        return source;
    }

    /** The application's pool. Without a login of its own, the session takes on the role before its first statement. */
    static HikariDataSource pooled(PGSimpleDataSource source, boolean takesOnRole) {
        source.setSocketTimeout(SOCKET_TIMEOUT_SECONDS);
        source.setOptions(takesOnRole ? LIMITS + " -c role=" + APPLICATION_ROLE : LIMITS);
        HikariConfig configuration = new HikariConfig();
        configuration.setDataSource(source);
        configuration.setPoolName("tidemark");
        configuration.setMaximumPoolSize(POOL_SIZE_MAX);
        configuration.setMinimumIdle(2);
        configuration.setConnectionTimeout(POOL_WAIT_MILLISECONDS_MAX);
        configuration.setIdleTimeout(IDLE_MILLISECONDS_MAX);
        // A pool that cannot connect says so when it is first used, sorted like every other error.
        configuration.setInitializationFailTimeout(-1);
        return new HikariDataSource(configuration);
    }
}
