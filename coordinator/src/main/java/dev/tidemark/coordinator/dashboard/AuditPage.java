package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.ChainView;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A question of an auditor and a page of its answer, newest first.
 *
 * @param trouble why there is no answer
 * @param table empty as long as nothing was asked for
 * @param next behind which the next page begins; empty if this one is the last
 * @param isLater whether rows are before this page
 */
public record AuditPage(
        Frame frame,
        AuditWish wish,
        Optional<String> trouble,
        Optional<Table> table,
        Optional<String> next,
        boolean isLater,
        Optional<Chain> chain) {

    /** A chain as of a moment. */
    public record Chain(Instant at, ChainView view) {}

    /** Rows under the heads of their columns. */
    public record Table(List<String> heads, List<Row> rows) {
        public Table {
            heads = List.copyOf(heads);
            rows = List.copyOf(rows);
        }
    }

    /** The first cell is what the row is about. */
    public record Row(Trouble.Level level, List<Cell> cells) {
        public Row {
            cells = List.copyOf(cells);
        }
    }

    /** Parts beside one another. */
    public record Cell(String head, List<Part> parts) {
        public Cell {
            parts = List.copyOf(parts);
        }
    }

    /**
     * A text, a moment or a mark.
     *
     * @param address where it leads
     * @param level of a mark
     */
    public record Part(
            String text,
            Optional<String> address,
            Optional<Instant> moment,
            Optional<Trouble.Level> level,
            boolean quiet) {}

    static AuditPage of(Frame frame, AuditWish wish) {
        return new AuditPage(
                frame, wish, Optional.empty(), Optional.empty(), Optional.empty(), false, Optional.empty());
    }

    AuditPage troubled(String words) {
        return new AuditPage(frame, wish, Optional.of(words), table, next, isLater, chain);
    }

    AuditPage answered(Table found, Optional<String> behind, boolean later) {
        return new AuditPage(frame, wish, trouble, Optional.of(found), behind, later, chain);
    }

    AuditPage answered(Chain found) {
        return new AuditPage(frame, wish, trouble, table, next, isLater, Optional.of(found));
    }
}
