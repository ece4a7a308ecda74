package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.ledger.Counter.Count;
import dev.tidemark.coordinator.ledger.Counter.Counted;
import dev.tidemark.coordinator.ledger.Counter.Known;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TestDatabase;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Append, replay, snapshots, conflicts and projections, as other rooms see them. */
class LedgerIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final int NO_SNAPSHOTS = 1_000_000;
    private static final Map<String, String> NOTHING = Map.of();

    private final String machine = "m-" + UUID.randomUUID();

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    private static Ledger<Counter, Count, Counted, Known> ledger(int snapshotEvery) {
        return Ledger.open(DATABASE.application(), Counter.settings(snapshotEvery));
    }

    /** With nothing at hand: it reads snapshots and events each time. */
    private static Ledger<Counter, Count, Counted, Known> forgetful(int snapshotEvery) {
        return Ledger.open(
                DATABASE.application(), Counter.settings(snapshotEvery, LedgerSettings.Memory.none(), List.of()));
    }

    @Test
    void what_is_appended_is_replayed_with_its_metadata() {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS)) {
            Answer<Counted, Known> answer =
                    ledger.execute(new Count(machine, "a"), Map.of("operation", "op-1", "actor", "alice"));

            StoredEvent<Counted> event = eventsOf(ledger).getFirst();
            assertThat(answer).isEqualTo(new Answer.Appended<>(machine, 1, List.of(event)));
            assertThat(event.metadata()).isEqualTo(Map.of("operation", "op-1", "actor", "alice"));
            assertThat(event.type()).isEqualTo("counted.v1");
            assertThat(event.event()).isEqualTo(new Counted("a", 1));
        }
        try (Ledger<Counter, Count, Counted, Known> later = ledger(NO_SNAPSHOTS)) {
            assertThat(later.state(machine)).isEqualTo(new Replayed<>(1, new Counter(machine, 1, List.of("a"))));
            assertThat(later.state("nobody")).isEqualTo(new Replayed<>(0, new Counter("nobody", 0, List.of())));
        }
    }

    @Test
    void a_rejection_comes_back_untouched_and_nothing_is_appended() {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS)) {
            ledger.execute(new Count(machine, "a"), NOTHING);
            assertThat(ledger.execute(new Count(machine, "a"), NOTHING))
                    .isEqualTo(new Answer.Refused<>(new Known("a")));
            assertThat(ledger.execute(new Count(machine, ""), NOTHING))
                    .isEqualTo(new Answer.Appended<>(machine, 1, List.of()));
            assertThat(eventsOf(ledger)).hasSize(1);
        }
    }

    @Test
    void a_rehearsal_decides_and_leaves_no_trace() {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS)) {
            assertThat(ledger.rehearse(new Count(machine, "a")))
                    .isEqualTo(new Decision.Accepted<>(List.of(new Counted("a", 1))));
            assertThat(eventsOf(ledger)).isEmpty();
        }
    }

    @Test
    void listeners_hear_of_commits_and_of_nothing_else() {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS)) {
            List<Committed<Counted>> heard = new CopyOnWriteArrayList<>();
            ledger.onCommitted(word -> {
                throw new IllegalStateException("a listener's trouble is not the command's");
            });
            Ledger.Listening listening = ledger.onCommitted(heard::add);
            ledger.execute(new Count(machine, "a"), NOTHING);
            ledger.execute(new Count(machine, "a"), NOTHING);
            ledger.execute(new Count(machine, ""), NOTHING);
            listening.close();
            ledger.execute(new Count(machine, "b"), NOTHING);

            assertThat(heard).singleElement().satisfies(word -> {
                assertThat(word.aggregateId()).isEqualTo(machine);
                assertThat(word.version()).isEqualTo(1);
                assertThat(word.events()).extracting(StoredEvent::event).containsExactly(new Counted("a", 1));
            });
        }
    }

    @Test
    void fifty_commands_from_each_of_two_coordinators_are_neither_lost_nor_doubled() throws Exception {
        try (Ledger<Counter, Count, Counted, Known> first = ledger(10);
                Ledger<Counter, Count, Counted, Known> second = ledger(10);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Answer<Counted, Known>>> commands = new ArrayList<>();
            for (int number = 0; number < 50; number++) {
                String label = Integer.toString(number);
                commands.add(() -> first.execute(new Count(machine, "first-" + label), NOTHING));
                commands.add(() -> second.execute(new Count(machine, "second-" + label), NOTHING));
            }
            for (Future<Answer<Counted, Known>> answer : threads.invokeAll(commands)) {
                assertThat(answer.get()).isInstanceOf(Answer.Appended.class);
            }
            assertThat(first.state(machine).version()).isEqualTo(100);
            assertThat(second.state(machine).state().total()).isEqualTo(100);
            assertThat(eventsOf(first).stream()
                            .map(event -> event.event().label())
                            .distinct())
                    .hasSize(100);
        }
    }

    @Test
    void the_same_command_a_hundred_times_at_once_takes_effect_once() throws Exception {
        try (Ledger<Counter, Count, Counted, Known> first = ledger(NO_SNAPSHOTS);
                Ledger<Counter, Count, Counted, Known> second = ledger(NO_SNAPSHOTS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Answer<Counted, Known>>> commands = new ArrayList<>();
            for (int number = 0; number < 50; number++) {
                commands.add(() -> first.execute(new Count(machine, "same"), NOTHING));
                commands.add(() -> second.execute(new Count(machine, "same"), NOTHING));
            }
            int appended = 0;
            for (Future<Answer<Counted, Known>> answer : threads.invokeAll(commands)) {
                appended += answer.get() instanceof Answer.Appended ? 1 : 0;
            }
            assertThat(appended).isEqualTo(1);
            assertThat(eventsOf(first)).hasSize(1);
        }
    }

    @Test
    void of_many_acts_on_one_version_from_two_coordinators_one_is_accepted() throws Exception {
        try (Ledger<Counter, Count, Counted, Known> first = ledger(10);
                Ledger<Counter, Count, Counted, Known> second = ledger(10);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 12; round++) {
                long version = round;
                List<Callable<Answer<Counted, Known>>> commands = new ArrayList<>();
                for (int number = 0; number < 4; number++) {
                    String label = round + "-" + number;
                    commands.add(
                            () -> first.execute(new Count(machine, "first-" + label), NOTHING, now -> now == version));
                    commands.add(() ->
                            second.execute(new Count(machine, "second-" + label), NOTHING, now -> now == version));
                }
                List<Answer<Counted, Known>> answers = new ArrayList<>();
                for (Future<Answer<Counted, Known>> answer : threads.invokeAll(commands)) {
                    answers.add(answer.get());
                }
                assertThat(answers)
                        .filteredOn(Answer.Appended.class::isInstance)
                        .hasSize(1);
                assertThat(answers)
                        .filteredOn(answer -> !(answer instanceof Answer.Appended))
                        .hasSize(7)
                        .allSatisfy(answer -> assertThat(answer).isEqualTo(new Answer.Outdated<>(version + 1)));
            }
            assertThat(eventsOf(first)).hasSize(12);
        }
    }

    @Test
    void a_snapshot_and_the_tail_give_the_same_state_as_the_whole_history() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = forgetful(10);
                Ledger<Counter, Count, Counted, Known> plain = forgetful(NO_SNAPSHOTS)) {
            count(ledger, 0, 33);
            await().until(() -> snapshots() > 0);
            Replayed<Counter> fromSnapshot = ledger.state(machine);
            assertThat(fromSnapshot.version()).isEqualTo(33);

            asOwner("DELETE FROM tidemark.snapshot_event_entry");
            assertThat(plain.state(machine)).isEqualTo(fromSnapshot);
        }
    }

    @Test
    void an_unreadable_snapshot_or_one_of_another_shape_is_passed_over() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = forgetful(10)) {
            count(ledger, 0, 25);
            await().until(() -> snapshots() > 0);
            Replayed<Counter> before = ledger.state(machine);

            asOwner("UPDATE tidemark.snapshot_event_entry SET payload = '{\"total\": \"many\"}'");
            assertThat(ledger.state(machine)).isEqualTo(before);
            asOwner("UPDATE tidemark.snapshot_event_entry SET payload = '{}', payload_type = 'counter-snapshot.v0'");
            assertThat(ledger.state(machine)).isEqualTo(before);
            assertThat(ledger.execute(new Count(machine, "goes on"), NOTHING)).isInstanceOf(Answer.Appended.class);
        }
    }

    @Test
    void many_machines_at_a_time_are_as_each_is_by_itself() throws SQLException {
        String young = machine + "-young";
        String nobody = machine + "-nobody";
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(10)) {
            count(ledger, 0, 33);
            ledger.execute(new Count(young, "only"), NOTHING);
            await().until(() -> snapshots() > 0);
            Map<String, Replayed<Counter>> each =
                    Map.of(machine, ledger.state(machine), young, ledger.state(young), nobody, ledger.state(nobody));
            assertThat(each.values()).extracting(Replayed::version).containsExactlyInAnyOrder(33L, 1L, 0L);

            List<String> all = List.of(machine, young, nobody);
            assertThat(ledger.states(all)).isEqualTo(each);
            asOwner("UPDATE tidemark.snapshot_event_entry SET payload = '{\"total\": \"many\"}'");
            assertThat(ledger.states(all)).isEqualTo(each);
            asOwner("DELETE FROM tidemark.snapshot_event_entry");
            assertThat(ledger.states(all)).isEqualTo(each);
        }
    }

    @Test
    void a_snapshot_that_cannot_be_written_does_not_disturb_a_command() throws SQLException {
        asOwner("REVOKE INSERT ON tidemark.snapshot_event_entry FROM tidemark_application");
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(5)) {
            count(ledger, 0, 20);
            assertThat(ledger.state(machine).version()).isEqualTo(20);
        } finally {
            asOwner("GRANT INSERT ON tidemark.snapshot_event_entry TO tidemark_application");
        }
    }

    @Test
    void a_read_model_is_written_with_the_event_and_a_failing_one_takes_it_back() throws SQLException {
        asOwner("CREATE TABLE IF NOT EXISTS tidemark.label (label text PRIMARY KEY)");
        asOwner("GRANT SELECT, INSERT ON tidemark.label TO tidemark_application");
        Projection<Counted> labels = (event, connection) -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "INSERT INTO tidemark.label VALUES ('" + event.event().label() + "')");
            }
            if (event.event().label().equals("poison")) {
                throw new IllegalStateException("no room for this");
            }
        };
        try (Ledger<Counter, Count, Counted, Known> ledger =
                Ledger.open(DATABASE.application(), Counter.settings(NO_SNAPSHOTS, List.of(labels)))) {
            List<Committed<Counted>> heard = new CopyOnWriteArrayList<>();
            ledger.onCommitted(heard::add);
            ledger.execute(new Count(machine, "good"), NOTHING);
            assertThatThrownBy(() -> ledger.execute(new Count(machine, "poison"), NOTHING))
                    .isInstanceOf(LedgerException.ProjectionFailed.class)
                    .hasRootCauseMessage("no room for this");
            // The table's own constraint: the second 'good' of another machine breaks it.
            assertThatThrownBy(() -> ledger.execute(new Count(machine + "-2", "good"), NOTHING))
                    .isInstanceOf(LedgerException.ProjectionFailed.class);

            assertThat(eventsOf(ledger)).hasSize(1);
            assertThat(ledger.state(machine + "-2").version()).isZero();
            assertThat(number("SELECT count(*) FROM tidemark.label")).isEqualTo(1);
            assertThat(heard).hasSize(1);
        }
    }

    @Test
    void a_projection_that_hides_a_broken_transaction_does_not_get_it_acknowledged() {
        Projection<Counted> hiding = (event, connection) -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1/0");
            } catch (SQLException swallowed) {
                connection.clearWarnings();
            }
        };
        try (Ledger<Counter, Count, Counted, Known> ledger =
                Ledger.open(DATABASE.application(), Counter.settings(NO_SNAPSHOTS, List.of(hiding)))) {
            assertThatThrownBy(() -> ledger.execute(new Count(machine, "a"), NOTHING))
                    .isInstanceOf(LedgerException.class);
            assertThat(eventsOf(ledger)).isEmpty();
        }
    }

    @Test
    void the_log_is_plain_sql_and_jsonb_to_an_auditor() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS)) {
            ledger.execute(new Count(machine, "wanted"), Map.of("actor", "alice"));
            assertThat(number("SELECT (payload ->> 'totalAfter')::bigint FROM tidemark.event_log"
                            + " WHERE payload @> '{\"label\": \"wanted\"}' AND metadata @> '{\"actor\": \"alice\"}'"
                            + " AND event_type = 'counted.v1' AND recorded_at > now() - interval '1 hour'"
                            + " AND aggregate_identifier = '" + machine + "'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void ten_thousand_events_load_from_a_snapshot() throws SQLException {
        asOwner(
                "INSERT INTO tidemark.domain_event_entry (event_identifier, aggregate_identifier, sequence_number, type,"
                        + " time_stamp, payload_type, payload, meta_data) SELECT gen_random_uuid()::text, '" + machine
                        + "', n - 1, 'machine', '2026-01-01T00:00:00.000Z', 'counted.v1', json_build_object('label', n::text,"
                        + " 'totalAfter', n), '{}' FROM generate_series(1, 10000) AS n");
        try (Ledger<Counter, Count, Counted, Known> ledger = forgetful(100)) {
            long cold = time(() -> assertThat(ledger.state(machine).version()).isEqualTo(10_000));
            ledger.execute(new Count(machine, "one more"), NOTHING);
            await().until(() -> snapshots() > 0);
            IntStream.range(0, 200).forEach(round -> ledger.state(machine));
            long warm = time(() -> IntStream.range(0, 100).forEach(round -> ledger.state(machine)));
            System.out.printf(
                    "10,000 events: whole history %.1f ms, from the snapshot %.3f ms%n", cold / 1e6, warm / 1e8);
            assertThat(ledger.state(machine).version()).isEqualTo(10_001);
        }
    }

    private List<StoredEvent<Counted>> eventsOf(Ledger<Counter, Count, Counted, Known> ledger) {
        return ledger.readAfter(number("SELECT coalesce(min(global_index), 1) - 1 FROM tidemark.domain_event_entry"
                        + " WHERE aggregate_identifier = '" + machine + "'"))
                .filter(event -> event.aggregateId().equals(machine))
                .toList();
    }

    private void count(Ledger<Counter, Count, Counted, Known> ledger, int from, int to) {
        for (int number = from; number < to; number++) {
            ledger.execute(new Count(machine, "label-" + number), NOTHING);
        }
    }

    private long snapshots() {
        return number(
                "SELECT count(*) FROM tidemark.snapshot_event_entry WHERE aggregate_identifier = '" + machine + "'");
    }

    private static long time(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return System.nanoTime() - begin;
    }

    private static void asOwner(String command) throws SQLException {
        PlainSql.run(DATABASE.migration(), command);
    }

    private static long number(String question) {
        return PlainSql.number(DATABASE.application(), question);
    }
}
