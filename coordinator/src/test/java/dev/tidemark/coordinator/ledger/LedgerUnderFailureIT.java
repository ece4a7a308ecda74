package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.ledger.Counter.Count;
import dev.tidemark.coordinator.ledger.Counter.Counted;
import dev.tidemark.coordinator.ledger.Counter.Known;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.ledger.postgres.EmbeddedServer;
import dev.tidemark.coordinator.testkit.TemporaryTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A database that is killed, cut off or used up: what was acknowledged stays, and what was not is named truly. */
class LedgerUnderFailureIT {
    private static final Map<String, String> NOTHING = Map.of();
    private static Path home = Path.of("/nonexistent");
    private static @Nullable EmbeddedServer started;

    @BeforeAll
    static void start() throws Exception {
        home = Files.createTempDirectory("tidemark-failure-it-");
        started = EmbeddedServer.start(home);
    }

    @AfterAll
    static void stop() {
        server().close();
        TemporaryTree.delete(home);
    }

    private static EmbeddedServer server() {
        return Objects.requireNonNull(started);
    }

    @Test
    void a_server_killed_in_the_middle_keeps_every_acknowledged_event() throws Exception {
        try (Database database = server().database("killed");
                Ledger<Counter, Count, Counted, Known> ledger =
                        Ledger.open(database.application(), Counter.settings(50));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> acknowledged = new CopyOnWriteArrayList<>();
            List<String> doubtful = new CopyOnWriteArrayList<>();
            List<Throwable> errors = new CopyOnWriteArrayList<>();
            AtomicBoolean stop = new AtomicBoolean();
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 8; writer++) {
                String machine = "machine-" + writer;
                writers.add(threads.submit(() -> {
                    for (int number = 0; !stop.get(); number++) {
                        String label = machine + "/" + number;
                        try {
                            if (ledger.execute(new Count(machine, label), NOTHING) instanceof Answer.Appended) {
                                acknowledged.add(label);
                            }
                        } catch (LedgerException.OutcomeUnknown failure) {
                            doubtful.add(label);
                            errors.add(failure);
                        } catch (LedgerException failure) {
                            errors.add(failure);
                        }
                    }
                }));
            }
            try {
                await().until(() -> acknowledged.size() > 200);
                ProcessHandle process = server().process().orElseThrow();
                process.destroyForcibly();
                await().atMost(Duration.ofSeconds(90)).until(() -> errors.size() > 20);
                server().startAgain();
                int before = acknowledged.size();
                await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() > before + 100);
            } finally {
                // Whatever fails here is to be told, and not to be waited for by writers without an end.
                stop.set(true);
            }
            for (Future<?> writer : writers) {
                writer.get();
            }

            assertThat(errors)
                    .allMatch(error -> error instanceof LedgerException.Unavailable
                            || error instanceof LedgerException.OutcomeUnknown);
            List<String> stored =
                    ledger.readAfter(0).map(event -> event.event().label()).toList();
            assertThat(stored).doesNotHaveDuplicates().containsAll(acknowledged);
            List<String> unexplained = new ArrayList<>(stored);
            unexplained.removeAll(acknowledged);
            assertThat(doubtful)
                    .as("an event that nobody acknowledged is one in doubt")
                    .containsAll(unexplained);
        }
    }

    @Test
    void a_lost_answer_to_a_commit_that_took_effect_is_found_out() {
        try (Database database = server().database("reply_lost");
                Ledger<Counter, Count, Counted, Known> ledger = Ledger.open(
                        CuttingDataSource.cuttingOnce(database.application(), CuttingDataSource.Moment.AFTER_COMMIT),
                        Counter.settings(1_000))) {
            assertThat(ledger.execute(new Count("m", "a"), NOTHING)).isInstanceOf(Answer.Appended.class);
            assertThat(ledger.state("m").version()).isEqualTo(1);
            assertThat(ledger.execute(new Count("m", "a"), NOTHING)).isInstanceOf(Answer.Refused.class);
        }
    }

    @Test
    void a_commit_that_never_reached_the_server_is_found_out_too() {
        try (Database database = server().database("commit_lost");
                Ledger<Counter, Count, Counted, Known> ledger = Ledger.open(
                        CuttingDataSource.cuttingOnce(database.application(), CuttingDataSource.Moment.BEFORE_COMMIT),
                        Counter.settings(1_000))) {
            assertThatThrownBy(() -> ledger.execute(new Count("m", "a"), NOTHING))
                    .isInstanceOf(LedgerException.Unavailable.class);
            assertThat(ledger.state("m").version()).isZero();
            assertThat(ledger.execute(new Count("m", "a"), NOTHING)).isInstanceOf(Answer.Appended.class);
        }
    }

    @Test
    void with_all_connections_taken_a_command_says_so() throws SQLException {
        try (Database database = server().database("exhausted");
                Ledger<Counter, Count, Counted, Known> ledger =
                        Ledger.open(database.application(), Counter.settings(1_000))) {
            List<Connection> taken = new ArrayList<>();
            try {
                for (int number = 0; number < 16; number++) {
                    taken.add(database.application().getConnection());
                }
                LedgerException.Unavailable failure = catchThrowableOfType(
                        LedgerException.Unavailable.class, () -> ledger.execute(new Count("m", "a"), NOTHING));
                assertThat(failure.reason()).isEqualTo(LedgerException.Cause.CONNECTIONS_EXHAUSTED);
            } finally {
                for (Connection connection : taken) {
                    connection.close();
                }
            }
            assertThat(ledger.execute(new Count("m", "a"), NOTHING)).isInstanceOf(Answer.Appended.class);
        }
    }

    @Test
    void a_reader_does_not_pass_an_event_that_is_still_under_way() throws Exception {
        try (Database database = server().database("holes");
                Ledger<Counter, Count, Counted, Known> ledger =
                        Ledger.open(database.application(), Counter.settings(1_000));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Connection slow = database.migration().getConnection();
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.execute(
                    "INSERT INTO tidemark.domain_event_entry (event_identifier, aggregate_identifier,"
                            + " sequence_number, type, time_stamp, payload_type, payload, meta_data) VALUES ('slow', 'slow', 0,"
                            + " 'machine', '2026-01-01T00:00:00.000Z', 'counted.v1', '{\"label\":\"slow\",\"totalAfter\":1}', '{}')");
            ledger.execute(new Count("fast", "fast"), NOTHING);

            Future<List<String>> reading = threads.submit(() ->
                    ledger.readAfter(0).map(event -> event.event().label()).toList());
            Thread.sleep(300);
            assertThat(reading.isDone()).as("the reader waits for the hole").isFalse();
            slow.commit();
            assertThat(reading.get()).containsExactly("slow", "fast");

            // A hole that a rolled-back transaction left is final and costs no wait.
            statement.execute("SELECT nextval('tidemark.domain_event_entry_global_index_seq')");
            slow.rollback();
            ledger.execute(new Count("fast", "again"), NOTHING);
            assertThat(ledger.readAfter(0)).hasSize(3);
        }
    }
}
