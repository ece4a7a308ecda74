package dev.tidemark.coordinator.cli.show;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows under headings. Where the width does not suffice, the last column is wrapped; a few names that are much longer than the others get
 * a line of their own above the rest of their row, whole, and cost the others nothing. Then optional columns are dropped from the right,
 * and at last each row is written as a block of its own with every column: narrow output loses nothing that has a name.
 */
public final class Table implements Block {
    private static final int GAP = 2;
    private static final int WRAPPED_WIDTH_MIN = 16;

    /** More than one in so many are no exceptions: rather does an optional column go. */
    private static final int ROWS_PER_LONG_NAME = 4;

    /** With that many it is still a table, and better than blocks. */
    private static final int ROWS_PER_LONG_NAME_AT_LAST = 2;

    private record Column(String heading, boolean optional, boolean right) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    public Table column(String heading) {
        columns.add(new Column(heading, false, false));
        return this;
    }

    /** Dropped first. */
    public Table optional(String heading) {
        columns.add(new Column(heading, true, false));
        return this;
    }

    /** Aligned at the right, for sizes. */
    public Table right(String heading) {
        columns.add(new Column(heading, false, true));
        return this;
    }

    public Table row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public void render(int width, List<String> lines) {
        // Once: ten thousand rows that each asked all the others took the command line eleven seconds.
        int[] natural = new int[columns.size()];
        for (int index = 0; index < natural.length; index++) {
            natural[index] = natural(index);
        }
        if (!renderedAsGrid(natural, width, ROWS_PER_LONG_NAME, lines)
                && !renderedAsGrid(natural, width, ROWS_PER_LONG_NAME_AT_LAST, lines)) {
            renderBlocks(width, lines);
        }
    }

    private boolean renderedAsGrid(int[] natural, int width, int rowsPerLongName, List<String> lines) {
        List<Integer> shown = new ArrayList<>();
        for (int index = 0; index < columns.size(); index++) {
            shown.add(index);
        }
        while (true) {
            if (fits(shown, natural, width)) {
                renderGrid(shown, natural, width, lines);
                return true;
            }
            int[] shortened = withoutLongNames(shown, natural, width, rowsPerLongName);
            if (fits(shown, shortened, width)) {
                renderGrid(shown, shortened, width, lines);
                return true;
            }
            int dropped = lastOptional(shown);
            if (dropped < 0) {
                return false;
            }
            shown.remove(/* index */ dropped);
        }
    }

    /** The widths if names that do not fit have a line of their own; as they were, if there are too many of them. */
    private int[] withoutLongNames(List<Integer> shown, int[] natural, int width, int rowsPerLongName) {
        int[] widths = natural.clone();
        widths[0] = 0;
        int room = width - widthBeforeLast(shown, widths) - Math.min(widths[shown.getLast()], WRAPPED_WIDTH_MIN);
        int widest = Text.length(columns.getFirst().heading());
        int longer = 0;
        for (List<String> row : rows) {
            int length = Text.length(row.getFirst());
            if (length > room) {
                longer++;
            } else {
                widest = Math.max(widest, length);
            }
        }
        widths[0] = widest;
        return longer * rowsPerLongName <= rows.size() ? widths : natural;
    }

    private int lastOptional(List<Integer> shown) {
        for (int position = shown.size() - 1; position >= 0; position--) {
            if (columns.get(shown.get(position)).optional()) {
                return position;
            }
        }
        return -1;
    }

    /** The last column may be narrower than its text, and is wrapped then. */
    private boolean fits(List<Integer> shown, int[] natural, int width) {
        int before = widthBeforeLast(shown, natural);
        int last = natural[shown.getLast()];
        boolean wraps = !columns.get(shown.getLast()).right();
        return before + (wraps ? Math.min(last, WRAPPED_WIDTH_MIN) : last) <= width;
    }

    private static int widthBeforeLast(List<Integer> shown, int[] natural) {
        int width = 0;
        for (int position = 0; position < shown.size() - 1; position++) {
            width += natural[shown.get(position)] + GAP;
        }
        return width;
    }

    private int natural(int column) {
        int width = Text.length(columns.get(column).heading());
        for (List<String> row : rows) {
            width = Math.max(width, Text.length(row.get(column)));
        }
        return width;
    }

    private void renderGrid(List<Integer> shown, int[] natural, int width, List<String> lines) {
        int lastWidth = Math.max(1, Math.min(natural[shown.getLast()], width - widthBeforeLast(shown, natural)));
        renderRow(columns.stream().map(Column::heading).toList(), shown, natural, lastWidth, width, lines);
        for (List<String> row : rows) {
            renderRow(row, shown, natural, lastWidth, width, lines);
        }
    }

    private void renderRow(
            List<String> cells, List<Integer> shown, int[] natural, int lastWidth, int width, List<String> lines) {
        StringBuilder line = new StringBuilder();
        boolean longName = shown.size() > 1 && Text.length(cells.getFirst()) > natural[0];
        if (longName) {
            lines.addAll(Text.wrapped(cells.getFirst(), width));
        }
        for (int position = 0; position < shown.size() - 1; position++) {
            int column = shown.get(position);
            String cell = longName && column == 0 ? "" : cells.get(column);
            String padding = " ".repeat(natural[column] - Text.length(cell));
            line.append(columns.get(column).right() ? padding + cell : cell + padding)
                    .append(" ".repeat(GAP));
        }
        int last = shown.getLast();
        String indent = " ".repeat(line.length());
        for (String part : Text.wrapped(cells.get(last), lastWidth)) {
            String aligned = columns.get(last).right() ? " ".repeat(lastWidth - Text.length(part)) + part : part;
            lines.add((line + aligned).stripTrailing());
            line.setLength(0);
            line.append(indent);
        }
    }

    private void renderBlocks(int width, List<String> lines) {
        for (int row = 0; row < rows.size(); row++) {
            if (row > 0) {
                lines.add("");
            }
            Fields fields = new Fields();
            for (int column = 0; column < columns.size(); column++) {
                fields.field(columns.get(column).heading(), rows.get(row).get(column));
            }
            fields.render(width, lines);
        }
    }
}
