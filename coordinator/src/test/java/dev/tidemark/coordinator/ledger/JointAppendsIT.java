package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.ledger.Counter.Count;
import dev.tidemark.coordinator.ledger.Counter.Counted;
import dev.tidemark.coordinator.ledger.Counter.Known;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Commands of several machines in one transaction, and each of them as if it were alone. */
class JointAppendsIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final Map<String, String> NOTHING = Map.of();
    /** In the order in which they come. */
    private static final List<String> NAMES = List.of("d", "b", "c", "a");

    private final String prefix = "m-" + UUID.randomUUID() + "-";
    private final CountDownLatch held = new CountDownLatch(2);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch releasedLast = new CountDownLatch(1);
    private final List<Integer> transactions = new CopyOnWriteArrayList<>();
    private final AtomicReference<DataSource> network = new AtomicReference<>(DATABASE.application());

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    /** Holds whoever appends "held" or "held to the end", and takes no event that is called "poison". */
    private final class ReadModel implements Projection<Counted> {
        @Override
        public void apply(StoredEvent<Counted> event, Connection connection) {
            throw new IllegalStateException("all of a transaction come together");
        }

        @Override
        public void applyAll(List<StoredEvent<Counted>> events, Connection connection) {
            transactions.add(events.size());
            List<String> labels =
                    events.stream().map(event -> event.event().label()).toList();
            if (labels.contains("held")) {
                hold(released);
            }
            if (labels.contains("held to the end")) {
                hold(releasedLast);
            }
            if (labels.contains("poison")) {
                throw new IllegalArgumentException("poison");
            }
        }

        private void hold(CountDownLatch until) {
            held.countDown();
            try {
                until.await();
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        }
    }

    private Ledger<Counter, Count, Counted, Known> ledger() {
        DataSource changing = (DataSource) Proxy.newProxyInstance(
                JointAppendsIT.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    try {
                        return method.invoke(network.get(), arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
        return Ledger.open(changing, Counter.settings(1_000_000, List.of(new ReadModel())));
    }

    @FunctionalInterface
    private interface Meanwhile {
        void happens() throws Exception;
    }

    private void first(Ledger<Counter, Count, Counted, Known> ledger) {
        for (String name : List.of("a", "b", "c", "d", "x", "y")) {
            ledger.execute(new Count(prefix + name, "first"), NOTHING);
        }
    }

    /** What came of a label for each machine, all of them in one transaction if that succeeds. */
    private List<String> together(Ledger<Counter, Count, Counted, Known> ledger, List<String> labels, Meanwhile before)
            throws Exception {
        List<FutureTask<Answer<Counted, Known>>> holders = new ArrayList<>();
        for (Count holding : List.of(new Count(prefix + "x", "held"), new Count(prefix + "y", "held to the end"))) {
            FutureTask<Answer<Counted, Known>> task = new FutureTask<>(() -> ledger.execute(holding, NOTHING));
            Thread.ofPlatform().start(task);
            holders.add(task);
        }
        held.await();
        transactions.clear();
        before.happens();
        List<FutureTask<Answer<Counted, Known>>> tasks = new ArrayList<>();
        for (int place = 0; place < NAMES.size(); place++) {
            Count command = new Count(prefix + NAMES.get(place), labels.get(place));
            FutureTask<Answer<Counted, Known>> task = new FutureTask<>(() -> ledger.execute(command, NOTHING));
            Thread thread = Thread.ofPlatform().start(task);
            await().until(() -> thread.getState() == Thread.State.WAITING);
            tasks.add(task);
        }
        // One of the two alone: if both ended at once, those who wait would go in two transactions.
        released.countDown();
        List<String> outcomes = new ArrayList<>();
        for (FutureTask<Answer<Counted, Known>> task : tasks) {
            outcomes.add(outcome(task));
        }
        releasedLast.countDown();
        for (FutureTask<Answer<Counted, Known>> task : holders) {
            assertThat(outcome(task)).isEqualTo("Appended");
        }
        return outcomes;
    }

    private static String outcome(FutureTask<Answer<Counted, Known>> task) throws InterruptedException {
        try {
            return task.get().getClass().getSimpleName();
        } catch (ExecutionException failed) {
            return Objects.requireNonNull(failed.getCause()).getClass().getSimpleName();
        }
    }

    private List<String> labels(Ledger<Counter, Count, Counted, Known> ledger, String name) {
        return ledger.state(prefix + name).state().labels();
    }

    private long number(String question) {
        return PlainSql.number(DATABASE.application(), question.replace("$", prefix));
    }

    @Test
    void commands_that_wait_are_appended_in_one_transaction_each_behind_its_own_machines_end() throws Exception {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger()) {
            first(ledger);
            assertThat(together(ledger, List.of("second", "second", "second", "second"), () -> {}))
                    .containsOnly("Appended");
            assertThat(transactions).containsExactly(4);
            assertThat(number("SELECT count(DISTINCT transaction_id) FROM tidemark.domain_event_entry"
                            + " WHERE aggregate_identifier LIKE '$%' AND payload ->> 'label' = 'second'"))
                    .isEqualTo(1);
            // Else two coordinators, each with the other's next machine, would wait for each other.
            assertThat(ledger.readAfter(0)
                            .filter(stored -> stored.event().label().equals("second"))
                            .map(StoredEvent::aggregateId)
                            .filter(id -> id.startsWith(prefix)))
                    .isSorted();
            for (String name : NAMES) {
                assertThat(labels(ledger, name)).containsExactly("first", "second");
                assertThat(ledger.execute(new Count(prefix + name, "third"), NOTHING))
                        .isInstanceOf(Answer.Appended.class);
            }
        }
    }

    @Test
    void a_command_that_no_read_model_takes_takes_nobody_with_it() throws Exception {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger()) {
            first(ledger);
            assertThat(together(ledger, List.of("second", "poison", "second", "second"), () -> {}))
                    .containsExactly("Appended", "ProjectionFailed", "Appended", "Appended");
            assertThat(labels(ledger, "a")).containsExactly("first", "second");
            assertThat(labels(ledger, "b")).containsExactly("first");
        }
    }

    @Test
    void a_machine_whose_log_ends_otherwise_by_now_is_decided_on_again_and_no_other() throws Exception {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger();
                Ledger<Counter, Count, Counted, Known> other =
                        Ledger.open(DATABASE.application(), Counter.settings(1_000_000))) {
            first(ledger);
            assertThat(together(
                            ledger,
                            List.of("second", "second", "second", "second"),
                            () -> other.execute(new Count(prefix + "c", "second"), NOTHING)))
                    .containsExactly("Appended", "Appended", "Refused", "Appended");
            assertThat(labels(ledger, "c")).containsExactly("first", "second");
        }
    }

    @Test
    void another_history_under_the_same_numbers_is_not_continued() throws Exception {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger()) {
            first(ledger);
            anotherFirst("b");
            assertThat(together(ledger, List.of("second", "second", "second", "second"), () -> {}))
                    .containsOnly("Appended");
            assertThat(labels(ledger, "b")).containsExactly("another", "second");
            assertThat(labels(ledger, "d")).containsExactly("first", "second");
        }
    }

    @Test
    void where_the_answer_to_the_commit_is_lost_all_learn_that_it_took_effect() throws Exception {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger()) {
            first(ledger);
            assertThat(together(
                            ledger,
                            List.of("second", "second", "second", "second"),
                            () -> breakAt(CuttingDataSource.Moment.AFTER_COMMIT)))
                    .containsOnly("Appended");
            for (String name : NAMES) {
                assertThat(labels(ledger, name)).containsExactly("first", "second");
            }
        }
    }

    @Test
    void where_the_commit_never_arrived_all_learn_that_nothing_was_appended() throws Exception {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger()) {
            first(ledger);
            assertThat(together(
                            ledger,
                            List.of("second", "second", "second", "second"),
                            () -> breakAt(CuttingDataSource.Moment.BEFORE_COMMIT)))
                    .containsOnly("Unavailable");
            for (String name : NAMES) {
                assertThat(labels(ledger, name)).containsExactly("first");
            }
        }
    }

    /** Whoever has a connection keeps it. */
    private void breakAt(CuttingDataSource.Moment moment) {
        network.set(CuttingDataSource.cuttingOnce(DATABASE.application(), moment));
    }

    private void anotherFirst(String name) throws SQLException {
        PlainSql.run(
                DATABASE.migration(),
                "ALTER TABLE tidemark.domain_event_entry DISABLE TRIGGER history_is_not_rewritten;"
                        + " UPDATE tidemark.domain_event_entry SET event_identifier = '" + UUID.randomUUID()
                        + "', payload ="
                        + " '{\"label\": \"another\", \"totalAfter\": 1}' WHERE aggregate_identifier = '" + prefix
                        + name
                        + "'; ALTER TABLE tidemark.domain_event_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten");
    }
}
