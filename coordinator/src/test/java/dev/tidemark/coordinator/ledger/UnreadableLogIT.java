package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.coordinator.ledger.Counter.Count;
import dev.tidemark.coordinator.ledger.Counter.Counted;
import dev.tidemark.coordinator.ledger.Counter.Known;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
