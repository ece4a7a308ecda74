package dev.tidemark.coordinator.ledger.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL server of one home directory.
 *
 * <p>Only zonky's binaries are used, not its library: the library is made for tests. Its defaults switch durability off,
 * it stops the server in a shutdown hook of its own, before the ledger has written its last event, and it attaches
 * silently to a server that was left behind. What remains to be done is to run {@code initdb} and {@code pg_ctl}.
 *
 * <p>The server listens on 127.0.0.1 only, on a port that is free at the moment, and demands a password (scram). Not on
 * a unix socket: the driver has no read time-outs there. There is no shutdown hook: whoever started the server stops it,
 * after everything else.
 */
public final class EmbeddedServer implements AutoCloseable {
    /** Which PostgreSQL it is. */
    public static final String VERSION = PostgresBinaries.VERSION;

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final int START_ATTEMPTS_MAX = 5;
    private static final int LOG_TAIL_LINES = 15;
    static final String SUPERUSER = "tidemark_server";

    private final HomeLock lock;
    private final ServerGround ground;
    private final PostgresControl control;
    private final int port;

    private EmbeddedServer(HomeLock lock, ServerGround ground, PostgresControl control, int port) {
        this.lock = lock;
        this.ground = ground;
        this.control = control;
        this.port = port;
    }

    /** Starts the server of this home; makes it first if it is not there yet. */
    public static EmbeddedServer start(Path home) {
        return start(home, ServerAccount.choose());
    }

    /** The same; and the server keeps when each transaction was committed, which costs a little: for those who measure. */
    public static EmbeddedServer startKeepingCommitMoments(Path home) {
        return start(home, ServerAccount.choose(), ServerSettings.Purpose.MEASURING);
    }

    static EmbeddedServer start(Path home, ServerAccount account) {
        return start(home, account, ServerSettings.Purpose.SERVING);
    }

    private static EmbeddedServer start(Path home, ServerAccount account, ServerSettings.Purpose purpose) {
        try {
            Path absolute = home.toAbsolutePath().normalize();
            Files.createDirectories(absolute);
            Path keys = ServerGround.keys(absolute);
            HomeLock lock = HomeLock.take(absolute, keys.resolve("coordinator.lock"));
            try {
                return start(lock, ServerGround.of(absolute, account), account, purpose);
            } catch (IOException | RuntimeException failure) {
                lock.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw new DatabaseRefused.ServerFailed(
                    "PostgreSQL cannot be started in " + home + ": " + failure.getMessage(), failure);
        }
    }

    private static EmbeddedServer start(
            HomeLock lock, ServerGround ground, ServerAccount account, ServerSettings.Purpose purpose)
            throws IOException {
        PostgresBinaries binaries = PostgresBinaries.unpackedIn(ground.directory());
        PostgresControl control = new PostgresControl(binaries, account, ground.data(), ground.run());
        if (!Files.exists(ground.data().resolve("PG_VERSION"))) {
            // Without this file initdb did not get to its end: nothing in there was ever used.
            FileTree.delete(ground.data());
            ground.prepare(account);
            control.initialise(SUPERUSER, ground.superuserPassword());
        }
        StalePostmaster.clear(ground.data(), control);
        int port = launch(control, account, purpose);
        EmbeddedServer server = new EmbeddedServer(lock, ground, control, port);
        LOG.info("PostgreSQL {} serves {} on 127.0.0.1:{}", PostgresBinaries.VERSION, ground.data(), port);
        return server;
    }

    private static int launch(PostgresControl control, ServerAccount account, ServerSettings.Purpose purpose)
            throws IOException {
        String lastWords = "";
        for (int attempt = 1; attempt <= START_ATTEMPTS_MAX; attempt++) {
            int port = freePort();
            ServerSettings.write(control.data(), port, account, purpose);
            Files.deleteIfExists(previous(control.log()));
            if (Files.exists(control.log())) {
                Files.move(control.log(), previous(control.log()));
            }
            ExternalCommand start = control.start(START_LIMIT);
            if (start.succeeded()) {
                return port;
            }
            lastWords = start.output().strip() + System.lineSeparator() + tailOf(control.log());
            // Worth another try: somebody took the port, or sessions of a killed server have not ended yet.
            if (!lastWords.contains("Address already in use") && !lastWords.contains("shared memory block")) {
                break;
            }
            pause();
        }
        throw new DatabaseRefused.ServerFailed(
                "PostgreSQL did not start; the end of " + control.log() + ":" + System.lineSeparator() + lastWords,
                null);
    }

    /** The database of this name, made if it is not there. Closing it leaves the server running. */
    public Database database(String name) {
        return EmbeddedDatabase.on(this, name);
    }

    /** Makes the database if it is not there, and tells how a coordinator in a process of its own reaches it. */
    public ServerAddress lend(String name) {
        return EmbeddedDatabase.lent(this, name);
    }

    /** A look into a database past everybody who uses it; for drills. */
    public DataSource reading(String name) {
        return EmbeddedDatabase.reading(this, name);
    }

    /** Where the server says what it did at its start and since. */
    public Path log() {
        return control.log();
    }

    /** The server's own process; for drills, which kill it. */
    public Optional<ProcessHandle> process() {
        try {
            return StalePostmaster.processNamedIn(control.data().resolve("postmaster.pid"));
        } catch (IOException failure) {
            return Optional.empty();
        }
    }

    /** Starts the server again after it died, on the same port; for drills. */
    public void startAgain() throws IOException {
        StalePostmaster.clear(control.data(), control);
        for (int attempt = 1; attempt <= START_ATTEMPTS_MAX; attempt++) {
            if (control.start(START_LIMIT).succeeded()) {
                return;
            }
            pause();
        }
        throw new DatabaseRefused.ServerFailed("PostgreSQL did not start again: " + tailOf(control.log()), null);
    }

    int port() {
        return port;
    }

    ServerGround ground() {
        return ground;
    }

    /** Stops the server: fast first, which ends sessions in order, then at once. What was committed is on disk. */
    @Override
    public void close() {
        if (process().isPresent() && !control.stop("fast", STOP_LIMIT) && !control.stop("immediate", STOP_LIMIT)) {
            LOG.warn("PostgreSQL on {} did not stop; the next start will clear it away", control.data());
        }
        try {
            lock.close();
        } catch (IOException failure) {
            LOG.warn("The lock of the home directory was not released in order", failure);
        }
    }

    private static Path previous(Path log) {
        return log.resolveSibling(log.getFileName() + ".previous");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String tailOf(Path log) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return String.join(
                System.lineSeparator(), lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    }

    private static void pause() {
        try {
            Thread.sleep(Duration.ofSeconds(1));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
