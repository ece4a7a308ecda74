package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.ledger.GatewayBoard.Marked;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.coordinator.view.DirtyHourView;
import dev.tidemark.coordinator.view.HistoryQueries;
import dev.tidemark.schema.id.MachineId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What coordinators keep for each other besides the log, and for how long. */
class GatewayBoardIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final MachineId MACHINE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV");

    private final GatewayBoard board = new GatewayBoard(DATABASE.application(), "one");
    private final HistoryQueries history = new HistoryQueries(DATABASE.application());

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Test
    void of_an_hour_the_last_count_stays_and_after_some_days_none() throws SQLException {
        board.marked(List.of(new Marked(MACHINE.value(), "vda", 1), new Marked(MACHINE.value(), "vdb", 2)));
        move("hour = hour - interval '2 hours'");
        board.marked(List.of(new Marked(MACHINE.value(), "vda", 3)));
        board.marked(List.of(new Marked(MACHINE.value(), "vda", 0)));
        assertThat(history.dirtyHours(MACHINE, Instant.EPOCH))
                .extracting(DirtyHourView::disk, DirtyHourView::bytes)
                .satisfiesAnyOf(
                        rows -> assertThat(rows)
                                .extracting(Object::toString)
                                .containsExactly("(\"vda\", 1L)", "(\"vda\", 0L)", "(\"vdb\", 2L)"),
                        // The hour was over in between.
                        rows -> assertThat(rows)
                                .extracting(Object::toString)
                                .containsExactly("(\"vda\", 1L)", "(\"vda\", 3L)", "(\"vda\", 0L)", "(\"vdb\", 2L)"));
        board.tidy();
        assertThat(history.dirtyHours(MACHINE, Instant.EPOCH)).hasSizeBetween(3, 4);

        move("hour = hour - interval '9 days'");
        board.tidy();

        assertThat(history.dirtyHours(MACHINE, Instant.EPOCH)).isEmpty();
    }

    @Test
    void a_wish_for_a_look_that_nobody_answered_is_not_kept() throws SQLException {
        board.askForLook("old", "here", MACHINE.value(), false);
        try (Connection connection = DATABASE.application().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE tidemark.look_request SET asked_at = asked_at - interval '11 minutes'");
        }
        board.askForLook("new", "here", MACHINE.value(), false);

        board.tidy();

        assertThat(board.wantedLooks(List.of("here")))
                .extracting(GatewayBoard.WantedLook::id)
                .containsExactly("new");
    }

    private static void move(String change) throws SQLException {
        try (Connection connection = DATABASE.application().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE tidemark.dirty_hour SET " + change);
        }
    }
}
