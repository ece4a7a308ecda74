package dev.tidemark.coordinator.testkit;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.ledger.postgres.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real database for tests: one server for the JVM, a fresh and migrated database for whoever asks.
 *
 * <pre>{@code
 * private static final Database DATABASE = TestDatabase.fresh();
 *
 * @AfterAll
 * static void close() {
 *     DATABASE.close();
 * }
 * }</pre>
 */
public final class TestDatabase {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private TestDatabase() {}

    /** A database of one's own. Closing it closes its connections; the server ends with the JVM. */
    public static Database fresh() {
        return Shared.SERVER.database("test_" + COUNT.incrementAndGet());
    }

    /** Started when the first test asks, so that tests without a database do not wait. */
    private static final class Shared {
        static final EmbeddedServer SERVER = start();

        private static EmbeddedServer start() {
            try {
                Path home = Files.createTempDirectory("tidemark-test-database-");
                EmbeddedServer server = EmbeddedServer.start(home);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, home), "test-database-stop"));
                return server;
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        }

        private static void stop(EmbeddedServer server, Path home) {
            server.close();
            TemporaryTree.delete(home);
        }
    }
}
