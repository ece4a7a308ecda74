package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.dispatch.Holders;
import dev.tidemark.coordinator.ledger.GatewayBoard;
import dev.tidemark.coordinator.ledger.GatewayLeases;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What coordinators tell each other besides the log does not pile up. */
class NeighboursIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final Ledger<Machine, MachineCommand, MachineEvent, Rejection> LEDGER =
            CoordinatorRooms.ledger(DATABASE.application(), 25, CoordinatorRooms.readModels());

    private final AtomicInteger looks = new AtomicInteger();

    @AfterAll
    static void close() {
        LEDGER.close();
        DATABASE.close();
    }

    @BeforeEach
    void write() throws SQLException {
        try (Connection connection = DATABASE.application().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM tidemark.look_request");
            statement.execute("DELETE FROM tidemark.operation_progress");
            statement.execute("DELETE FROM tidemark.dirty_hour");
            for (String age : List.of("1 minute", "1 year")) {
                String at = "clock_timestamp() - interval '" + age + "'";
                statement.execute("INSERT INTO tidemark.look_request (id, host, machine, dry, asked_at)" + " VALUES ('"
                        + age + "', 'h', 'm', false, " + at + ")");
                statement.execute("INSERT INTO tidemark.operation_progress (operation, coordinator, step, changed_at)"
                        + " VALUES ('" + age + "', 'one', '{}', " + at + ")");
                statement.execute("INSERT INTO tidemark.dirty_hour (machine, disk, hour, bytes)" + " VALUES ('" + age
                        + "', 'd', date_bin('1 hour', " + at + ", TIMESTAMPTZ 'epoch'), 1)");
            }
        }
    }

    @Test
    void what_nobody_can_want_any_more_is_removed_time_and_again() {
        try (Neighbours _ = neighbours(Duration.ZERO)) {
            await().untilAsserted(() -> assertThat(rows()).containsExactly("1 minute", "1 minute", "1 minute"));
        }
    }

    @Test
    void sabotaged_without_tidying_all_of_it_stays() {
        try (Neighbours _ = neighbours(Duration.ofDays(1))) {
            await().until(() -> looks.get() > 1);

            assertThat(rows()).hasSize(6);
        }
    }

    private Neighbours neighbours(Duration tidying) {
        return Neighbours.start(
                new Dispatch(
                        new LedgerHistory(LEDGER, new Queries(DATABASE.application()), Clock.systemUTC()), "epoch"),
                new Holders(),
                new GatewayLeases(DATABASE.application(), "one", Duration.ofMinutes(1)),
                new GatewayBoard(DATABASE.application(), "one"),
                DATABASE.application(),
                looks::incrementAndGet,
                tidying);
    }

    private static List<String> rows() {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DATABASE.application().getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT id FROM tidemark.look_request UNION ALL"
                        + " SELECT operation FROM tidemark.operation_progress UNION ALL"
                        + " SELECT machine FROM tidemark.dirty_hour")) {
            while (found.next()) {
                rows.add(found.getString(1));
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        return rows;
    }
}
