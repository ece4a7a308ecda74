package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.chain.history.Life;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.LedgerSettings;
import dev.tidemark.coordinator.ledger.StoredEvent;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Random lives of machines, command by command through ledgers that keep states at hand, two on one database, the second of which appends little,
 * beside the same lives folded by the pure core alone: the same log comes of both, and what is at hand is what the log says.
 */
class MemoryTwinIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final int LIVES = 6;

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    private static Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger(int entriesMax) {
        LedgerSettings<Machine, MachineCommand, MachineEvent, Rejection> production =
                CoordinatorServer.ledgerSettings();
        return Ledger.open(
                DATABASE.application(),
                new LedgerSettings<>(
                        production.decisions(),
                        production.eventType(),
                        production.types(),
                        production.mapper(),
                        new LedgerSettings.Snapshots<>(production.snapshots().type(), Machine.class, 7),
                        new LedgerSettings.Memory<>(entriesMax, 1_000_000, Machine::parts),
                        // The lives share names of machines, which read models would not let them.
                        List.of()));
    }

    @Test
    void random_lives_leave_the_log_that_they_leave_without_a_memory() throws SQLException {
        Random dice = new Random(5);
        for (long seed = 1; seed <= LIVES; seed++) {
            // All lives are one machine's.
            PlainSql.run(
                    DATABASE.migration(),
                    "ALTER TABLE tidemark.domain_event_entry DISABLE TRIGGER history_is_not_rewritten;"
                            + " TRUNCATE tidemark.domain_event_entry, tidemark.snapshot_event_entry;"
                            + " ALTER TABLE tidemark.domain_event_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten");
            try (Ledger<Machine, MachineCommand, MachineEvent, Rejection> first = ledger(1_000);
                    Ledger<Machine, MachineCommand, MachineEvent, Rejection> second = ledger(1)) {
                liveAgain(Life.of(seed), seed, dice, first, second);
            }
        }
    }

    private static void liveAgain(
            Life life,
            long seed,
            Random dice,
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> first,
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> second) {
        String machine = life.asked().getFirst().machine().value();
        for (MachineCommand command : life.asked()) {
            (dice.nextInt(4) > 0 ? first : second).execute(command, Map.of());
        }
        try (Stream<StoredEvent<MachineEvent>> log = first.readAfter(0)) {
            assertThat(log.map(StoredEvent::event)).as("seed %d", seed).containsExactlyElementsOf(life.log());
        }
        Machine told = first.state(machine, Instant.MAX).state();
        assertThat(first.state(machine).state()).as("seed %d", seed).isEqualTo(told);
        assertThat(second.state(machine).state()).as("seed %d", seed).isEqualTo(told);
    }
}
