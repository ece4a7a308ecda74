package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.ledger.Counter.Count;
import dev.tidemark.coordinator.ledger.Counter.Counted;
import dev.tidemark.coordinator.ledger.Counter.Known;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A log that holds what this version cannot read: it must say so, and where, and never pass over it. */
class UnreadableLogIT {
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

    @Test
    void an_event_that_nobody_knows_stops_the_replay_and_is_named() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS)) {
            ledger.execute(new Count(machine, "a"), NOTHING);
            long index = insert(1, "from-the-future.v7", "{}");

            LedgerException.Corrupt corrupt =
                    catchThrowableOfType(LedgerException.Corrupt.class, () -> ledger.state(machine));
            assertThat(corrupt.globalIndex()).isEqualTo(index);
            assertThat(corrupt.type()).isEqualTo("from-the-future.v7");
            assertThat(catchThrowableOfType(
                                    LedgerException.Corrupt.class, () -> ledger.states(List.of("m-nobody", machine)))
                            .globalIndex())
                    .isEqualTo(index);
            assertThatThrownBy(() -> ledger.execute(new Count(machine, "b"), NOTHING))
                    .isInstanceOf(LedgerException.Corrupt.class)
                    .hasMessageContaining(Long.toString(index));
            assertThatThrownBy(() -> ledger.readAfter(index - 1).toList()).isInstanceOf(LedgerException.Corrupt.class);
        }
    }

    @Test
    void an_event_whose_content_does_not_fit_is_named_too() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS)) {
            ledger.execute(new Count(machine, "a"), NOTHING);
            long index = insert(1, "counted.v1", "{\"unheard\": \"of\"}");
            assertThat(catchThrowableOfType(LedgerException.Corrupt.class, () -> ledger.state(machine))
                            .globalIndex())
                    .isEqualTo(index);
        }
    }

    @Test
    void an_event_that_does_not_follow_from_the_ones_before_is_named_too() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS)) {
            ledger.execute(new Count(machine, "a"), NOTHING);
            long index = insert(1, "counted.v1", "{\"label\": \"b\", \"totalAfter\": 17}");
            assertThat(catchThrowableOfType(LedgerException.Corrupt.class, () -> ledger.state(machine))
                            .globalIndex())
                    .isEqualTo(index);
            assertThatThrownBy(() -> ledger.execute(new Count(machine, "b"), NOTHING))
                    .isInstanceOf(LedgerException.Corrupt.class);
        }
    }

    @Test
    void an_event_that_is_missing_stops_every_replay_of_its_machine_and_of_no_other() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS)) {
            count(ledger, "a", "b", "c");
        }
        remove(1);
        assertMissing(1, NO_SNAPSHOTS);
    }

    @Test
    void the_first_event_can_be_missing_too() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(NO_SNAPSHOTS)) {
            count(ledger, "a", "b");
        }
        remove(0);
        assertMissing(0, NO_SNAPSHOTS);
    }

    @Test
    void a_snapshot_does_not_hide_that_the_event_behind_it_is_missing() throws SQLException {
        try (Ledger<Counter, Count, Counted, Known> ledger = ledger(3)) {
            count(ledger, "a", "b", "c");
            await().until(() ->
                    number("SELECT count(*) FROM tidemark.snapshot_event_entry WHERE aggregate_identifier = '" + machine
                                    + "' AND sequence_number = 2")
                            == 1);
            count(ledger, "d", "e");
        }
        remove(3);
        assertMissing(3, 3);
    }

    /** Events are read five hundred at a time. */
    @Test
    void a_hole_in_a_long_history_is_not_its_end() throws SQLException {
        asOwner(
                "INSERT INTO tidemark.domain_event_entry (event_identifier, aggregate_identifier, sequence_number, type,"
                        + " time_stamp, payload_type, payload, meta_data) SELECT gen_random_uuid()::text, '" + machine
                        + "', number, 'machine', '2026-01-01T00:00:00.000Z', 'counted.v1',"
                        + " json_build_object('label', number::text, 'totalAfter', number + 1),"
                        + " '{}' FROM generate_series(0, 600) AS number");
        remove(499);
        assertMissing(499, NO_SNAPSHOTS);
    }

    private void count(Ledger<Counter, Count, Counted, Known> ledger, String... labels) {
        for (String label : labels) {
            ledger.execute(new Count(machine, label), NOTHING);
        }
    }

    /** As who would hide it leaves it: what is left follows from what is left. */
    private void remove(long sequence) throws SQLException {
        String ofTheMachine = " WHERE aggregate_identifier = '" + machine + "' AND sequence_number ";
        asOwner("ALTER TABLE tidemark.domain_event_entry DISABLE TRIGGER history_is_not_rewritten;"
                + " DELETE FROM tidemark.domain_event_entry" + ofTheMachine + "= " + sequence + ";"
                + " UPDATE tidemark.domain_event_entry SET payload = json_build_object('label', payload ->> 'label',"
                + " 'totalAfter', sequence_number)" + ofTheMachine + "> " + sequence + ";"
                + " ALTER TABLE tidemark.domain_event_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten");
    }

    private void assertMissing(long sequence, int snapshotEvery) {
        try (Ledger<Counter, Count, Counted, Known> later = ledger(snapshotEvery)) {
            List<ThrowingCallable> ways = List.of(
                    () -> later.state(machine),
                    () -> later.state(machine, Instant.MAX),
                    () -> later.states(List.of("m-nobody", machine)),
                    () -> later.rehearse(new Count(machine, "new")),
                    () -> later.execute(new Count(machine, "new"), NOTHING));
            for (ThrowingCallable way : ways) {
                assertThatThrownBy(way)
                        .isInstanceOfSatisfying(LedgerException.Incomplete.class, incomplete -> {
                            assertThat(incomplete.aggregateId()).isEqualTo(machine);
                            assertThat(incomplete.missing()).isEqualTo(sequence);
                        })
                        .hasMessageContaining("event " + sequence + " of machine " + machine + " is missing");
            }
            assertThat(later.execute(new Count(machine + "-other", "a"), NOTHING))
                    .isInstanceOf(Answer.Appended.class);
        }
    }

    private long insert(long sequence, String type, String payload) throws SQLException {
        asOwner(
                "INSERT INTO tidemark.domain_event_entry (event_identifier, aggregate_identifier, sequence_number, type,"
                        + " time_stamp, payload_type, payload, meta_data) VALUES ('" + UUID.randomUUID() + "', '"
                        + machine
                        + "', " + sequence + ", 'machine', '2026-01-01T00:00:00.000Z', '" + type + "', '" + payload
                        + "', '{}')");
        return number("SELECT max(global_index) FROM tidemark.domain_event_entry");
    }

    private static void asOwner(String command) throws SQLException {
        PlainSql.run(DATABASE.migration(), command);
    }

    private static long number(String question) {
        return PlainSql.number(DATABASE.application(), question);
    }
}
