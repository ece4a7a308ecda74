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
import dev.tidemark.schema.crash.CrashHook;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a ledger has in its memory is never believed against the log. Each command here comes when the memory is no longer right. */
class StatesAtHandIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final int NO_SNAPSHOTS = 1_000_000;
    private static final Map<String, String> NOTHING = Map.of();

    private final String machine = "m-" + UUID.randomUUID();
    private final List<LedgerWatch.Beginning> beginnings = new CopyOnWriteArrayList<>();

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    private Ledger<Counter, Count, Counted, Known> ledger(int snapshotEvery, List<Projection<Counted>> projections) {
        LedgerWatch watch = new LedgerWatch() {
            @Override
            public void appended(Duration took) {
                // Only what a fold began with is looked at.
            }

            @Override
            public void loaded(Duration took) {
                // Only what a fold began with is looked at.
            }

            @Override
            public void began(Beginning beginning) {
                beginnings.add(beginning);
            }
        };
        return Ledger.open(DATABASE.application(), Counter.settings(snapshotEvery, projections), CrashHook.NONE, watch);
    }

    private Ledger<Counter, Count, Counted, Known> ledger() {
        return ledger(NO_SNAPSHOTS, List.of());
    }

    private Answer<Counted, Known> count(Ledger<Counter, Count, Counted, Known> ledger, String label) {
        return ledger.execute(new Count(machine, label), NOTHING);
    }

    private static void assertRefused(Answer<Counted, Known> answer, String label) {
        assertThat(answer).isEqualTo(new Answer.Refused<>(new Known(label)));
    }

    private static void assertAppendedAt(Answer<Counted, Known> answer, long version) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Appended.class,
                        appended -> assertThat(appended.version()).isEqualTo(version));
    }

    @Test
    void the_second_command_finds_the_state_at_hand() {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger()) {
            count(ledger, "a");
            beginnings.clear();
            assertAppendedAt(count(ledger, "b"), 2);
            assertThat(ledger.state(machine).state().labels()).containsExactly("a", "b");
            assertThat(beginnings).containsOnly(LedgerWatch.Beginning.MEMORY);
        }
    }

    @Test
    void what_another_coordinator_appended_meanwhile_counts() {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger();
                Ledger<Counter, Count, Counted, Known> other = ledger()) {
            count(ledger, "a");
            count(other, "b");
            // Accepted by the memory, and by the log no more.
            assertRefused(count(ledger, "b"), "b");
            count(other, "c");
            assertAppendedAt(count(ledger, "d"), 4);
            count(other, "e");
            assertThat(ledger.state(machine).state().labels()).containsExactly("a", "b", "c", "d", "e");
            count(other, "f");
            assertThat(ledger.execute(new Count(machine, "g"), NOTHING, version -> version == 5))
                    .isEqualTo(new Answer.Outdated<>(6));
            assertThat(ledger.rehearse(new Count(machine, "f"))).isEqualTo(new Decision.Rejected<>(new Known("f")));
        }
    }

    @Test
    void what_was_refused_by_memory_is_looked_up_before_it_is_said() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger()) {
            count(ledger, "a");
            count(ledger, "b");
            replaceNewest("another");
            // The memory says that "b" is known, and that there is nothing under "another".
            assertAppendedAt(count(ledger, "b"), 3);
            replaceNewest("once more");
            assertThat(ledger.execute(new Count(machine, ""), NOTHING))
                    .isEqualTo(new Answer.Appended<>(machine, 3, List.of()));
            assertThat(ledger.state(machine).state().labels()).containsExactly("a", "another", "once more");
        }
    }

    @Test
    void an_event_under_the_same_number_in_the_place_of_the_newest_is_not_appended_behind_unseen() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger()) {
            count(ledger, "a");
            count(ledger, "b");
            replaceNewest("another");
            assertRefused(count(ledger, "another"), "another");
            count(ledger, "c");
            replaceNewest("yet another");
            assertAppendedAt(count(ledger, "d"), 4);
            assertThat(ledger.state(machine).state().labels()).containsExactly("a", "another", "yet another", "d");
        }
    }

    @Test
    void a_database_that_was_set_back_is_taken_as_it_is() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger()) {
            count(ledger, "a");
            count(ledger, "b");
            pastTheGuards("DELETE FROM tidemark.domain_event_entry WHERE aggregate_identifier = '" + machine
                    + "' AND sequence_number = 1");
            assertAppendedAt(count(ledger, "b"), 2);
            pastTheGuards("DELETE FROM tidemark.domain_event_entry WHERE aggregate_identifier = '" + machine + "'");
            assertThat(ledger.state(machine).version()).isZero();
            assertAppendedAt(count(ledger, "a"), 1);
        }
    }

    @Test
    void what_was_rolled_back_is_not_remembered() {
        List<String> poisoned = new ArrayList<>(List.of("b"));
        Projection<Counted> failing = (event, connection) -> {
            if (poisoned.remove(event.event().label())) {
                throw new IllegalStateException("no room for this");
            }
        };
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS, List.of(failing))) {
            count(ledger, "a");
            assertThatThrownBy(() -> count(ledger, "b")).isInstanceOf(LedgerException.ProjectionFailed.class);
            assertThat(ledger.state(machine).state().labels()).containsExactly("a");
            assertAppendedAt(count(ledger, "b"), 2);
            assertThat(ledger.state(machine).state().labels()).containsExactly("a", "b");
        }
    }

    @Test
    void snapshots_go_on_and_are_folded_from_what_is_stored() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(5, List.of())) {
            for (int number = 0; number < 4; number++) {
                count(ledger, "label-" + number);
            }
            // Under the same name, so that the memory goes on believing: a snapshot must not.
            pastTheGuards("UPDATE tidemark.domain_event_entry SET payload = '{\"label\": \"stored\","
                    + " \"totalAfter\": 4}' WHERE aggregate_identifier = '" + machine + "' AND sequence_number = 3");
            count(ledger, "label-4");
            await().until(() -> number("SELECT count(*) FROM tidemark.snapshot_event_entry s"
                            + " WHERE aggregate_identifier = '" + machine + "' AND sequence_number = 4"
                            + " AND payload -> 'labels' ->> 3 = 'stored'")
                    == 1);
            for (int number = 5; number < 10; number++) {
                count(ledger, "label-" + number);
            }
            await().until(() -> number("SELECT max(sequence_number) FROM tidemark.snapshot_event_entry"
                            + " WHERE aggregate_identifier = '" + machine + "'")
                    == 9);
        }
    }

    /** Another event under the newest one's number. */
    private void replaceNewest(String label) throws SQLException {
        pastTheGuards("UPDATE tidemark.domain_event_entry SET event_identifier = '" + UUID.randomUUID()
                + "', payload = json_build_object('label', '" + label
                + "', 'totalAfter', sequence_number + 1) WHERE global_index = (SELECT max(global_index)"
                + " FROM tidemark.domain_event_entry WHERE aggregate_identifier = '" + machine + "')");
    }

    private static void pastTheGuards(String command) throws SQLException {
        PlainSql.run(
                DATABASE.migration(),
                "ALTER TABLE tidemark.domain_event_entry DISABLE TRIGGER history_is_not_rewritten; " + command
                        + "; ALTER TABLE tidemark.domain_event_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten");
    }

    private static long number(String question) {
        return PlainSql.number(DATABASE.application(), question);
    }
}
