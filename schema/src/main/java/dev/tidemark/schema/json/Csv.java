package dev.tidemark.schema.json;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Rows for spreadsheets (RFC 4180). A cell that a spreadsheet would take for a formula gets an apostrophe before it, whatever it is: a
 * machine may be called {@code -web}, which a spreadsheet takes for a sum, and what a stranger wrote into a name may be worse. So that
 * nothing is lost, a cell that begins with an apostrophe gets one more: whoever takes the first one away has what was meant. Programs
 * had better read ndjson.
 */
public final class Csv {
    private static final String FORMULA_BEGINNINGS = "=+-@\t\r\n'";

    private Csv() {}

    /** One row, with its line break. */
    public static String row(List<String> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String cell(String text) {
        boolean guarded = !text.isEmpty() && FORMULA_BEGINNINGS.indexOf(text.charAt(0)) >= 0;
        String cell = guarded ? "'" + text : text;
        boolean quoted = cell.chars().anyMatch(character -> character == ',' || character == '"' || character < ' ');
        return quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }
}
