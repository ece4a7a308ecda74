package dev.tidemark.coordinator.monitor.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.tidemark.coordinator.evidence.EvidenceDirectory;
import dev.tidemark.coordinator.evidence.HeadWriter;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.ledger.postgres.DatabaseHealth;
import dev.tidemark.coordinator.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each part is broken for real, and found. */
@SuppressWarnings("NullAway.Init")
class ReadinessIT {
    @TempDir
    Path home;

    @Test
    void from_the_stop_on_nothing_is_ready() {
        Readiness readiness = new Readiness(List.of(() -> Finding.up("a", "well")));
        assertThat(readiness.look()).extracting(Finding::state).containsOnly(Finding.State.UP);
        readiness.stopping();
        assertThat(readiness.look().getFirst())
                .isEqualTo(Finding.down(Readiness.STOPPING, "the coordinator is stopping"));
    }

    @Test
    void a_database_that_forgets_or_cannot_be_written_is_found_while_it_answers() throws SQLException {
        try (Database database = TestDatabase.fresh()) {
            assertThat(DatabaseHealth.trouble(database.application())).isEmpty();
            settle(database, "synchronous_commit", "off");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> troubleOnNewConnections(database).orElse("").startsWith("synchronous_commit is off"));
            settle(database, "synchronous_commit", "on");
            settle(database, "default_transaction_read_only", "on");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> troubleOnNewConnections(database).orElse("").equals("the database is read-only"));
        }
    }

    @Test
    void a_database_that_is_gone_is_found() {
        Database database = TestDatabase.fresh();
        database.close();
        assertThat(Checks.database(() -> DatabaseHealth.trouble(database.application()))
                        .get())
                .isEqualTo(Finding.down(Checks.DATABASE, "the database does not answer"));
    }

    @Test
    void a_home_without_room_or_without_itself_is_found() {
        assertThat(Checks.room(home, 1, 0).get().state()).isEqualTo(Finding.State.UP);
        assertThat(Checks.room(home, Long.MAX_VALUE, 0).get().state()).isEqualTo(Finding.State.WARNING);
        assertThat(Checks.room(home, Long.MAX_VALUE, Long.MAX_VALUE).get().state())
                .isEqualTo(Finding.State.DOWN);
        assertThat(Checks.room(home.resolve("gone"), 1, 0).get().state()).isEqualTo(Finding.State.DOWN);
    }

    @Test
    void a_log_that_cannot_be_signed_is_a_warning() throws Exception {
        // given a place for heads that is none
        Path evidence = Files.writeString(home.resolve("evidence"), "a file");
        // when
        try (HeadWriter heads = HeadWriter.start(
                after -> Stream.of(new HeadWriter.Place(after + 1, "00".repeat(32))),
                new EvidenceDirectory(evidence),
                Clock.systemUTC(),
                Duration.ofMillis(20))) {
            // then
            await().atMost(Duration.ofSeconds(60)).until(() -> heads.standing().failing());
            assertThat(Checks.heads(heads::standing).get().state()).isEqualTo(Finding.State.WARNING);
        }
        assertThat(Checks.heads(() -> new HeadWriter.Standing(true, true, true, Optional.empty(), 0))
                        .get()
                        .detail())
                .contains("audit verify");
    }

    /** For all connections from now on. */
    private static void settle(Database database, String setting, String value) throws SQLException {
        try (Connection connection = database.migration().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET default_transaction_read_only = off");
            statement.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET " + setting + " = " + value
                    + "', current_database()); END $$");
        }
    }

    /** A connection that was being opened while the others were ended has the settings of before: each look ends those that there are. */
    private static Optional<String> troubleOnNewConnections(Database database) {
        ((HikariDataSource) database.application()).getHikariPoolMXBean().softEvictConnections();
        return DatabaseHealth.trouble(database.application());
    }
}
