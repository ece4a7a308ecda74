package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import dev.tidemark.coordinator.cli.show.Text;
import dev.tidemark.schema.json.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The rows of answers to auditors: their columns, and how people read them. */
final class AuditColumns {
    private static final List<String> ACT = List.of(
            "at",
            "caller",
            "method",
            "token",
            "address",
            "act",
            "route",
            "vm",
            "vmId",
            "target",
            "decision",
            "code",
            "outcome",
            "detail",
            "operation",
            "request",
            "times");
    private static final List<String> EVENT = List.of(
            "at",
            "vm",
            "vmId",
            "version",
            "event",
            "backup",
            "subject",
            "disk",
            "code",
            "detail",
            "caller",
            "address",
            "operation",
            "request");
    private static final Map<String, List<String>> COLUMNS = new TreeMap<>(Map.of(
            "acts", ACT,
            "denied", ACT,
            "deletions", ACT,
            "restores", ACT,
            "machine", EVENT,
            "backup", EVENT,
            "forced-fulls",
                    List.of(
                            "at",
                            "vm",
                            "vmId",
                            "repo",
                            "backup",
                            "disk",
                            "cause",
                            "detail",
                            "state",
                            "bytes",
                            "caller",
                            "operation"),
            "unverified", List.of("vm", "vmId", "verifiedAt", "backup", "repo", "completedAt", "registeredAt")));

    private AuditColumns() {}

    static boolean isKnown(String question) {
        return COLUMNS.containsKey(question);
    }

    static String questions() {
        return String.join(", ", COLUMNS.keySet());
    }

    /** In the order of the answer's members. */
    static List<String> of(String question) {
        return COLUMNS.getOrDefault(question, List.of());
    }

    static Page page(String question, JsonNode answer) {
        List<JsonNode> rows = Cell.list(answer, "rows");
        if (rows.isEmpty()) {
            return new Page().line(question.equals("unverified") ? "every machine has one" : "nothing");
        }
        Page page = new Page();
        if (answer.path("more").asBoolean(false)) {
            page.line("older rows are left out; --limit shows more, -o ndjson and csv all")
                    .gap();
        }
        return page.table(
                switch (question) {
                    case "machine", "backup" -> events(rows);
                    case "forced-fulls" -> forcedFulls(rows);
                    case "unverified" -> unverified(rows);
                    default -> acts(rows);
                });
    }

    private static Table acts(List<JsonNode> rows) {
        Table table = new Table().column("AT").column("RESULT").column("WHAT");
        for (JsonNode row : rows) {
            StringBuilder what =
                    new StringBuilder(Cell.text(row, row.path("act").isString() ? "act" : "route"));
            append(what, " ", row, "target");
            append(what, ", vm ", row, "vm");
            what.append(", by ").append(row.path("caller").isString() ? Cell.text(row, "caller") : "nobody known");
            append(what, " from ", row, "address");
            append(what, ": ", row, "code");
            if (row.path("times").asLong(1) > 1) {
                what.append(", ").append(row.path("times").asLong(1)).append(" times");
            }
            table.row(
                    Cell.time(row, "at"),
                    Cell.text(row, row.path("outcome").isString() ? "outcome" : "decision"),
                    what.toString());
        }
        return table;
    }

    private static Table events(List<JsonNode> rows) {
        Table table = new Table().column("AT").column("WHAT");
        for (JsonNode row : rows) {
            StringBuilder what = new StringBuilder(Cell.text(row, "event").replaceFirst("\\.v[0-9]+$", ""));
            append(what, " ", row, "backup");
            append(what, " ", named(row.path("subject").asString("")));
            append(what, " ", row, "disk");
            append(what, ", by ", row, "caller");
            append(what, ": ", row, "code");
            append(what, ", ", row, "detail");
            table.row(Cell.time(row, "at"), what.toString());
        }
        return table;
    }

    private static Table forcedFulls(List<JsonNode> rows) {
        Table table = new Table().column("AT").column("VM").column("WHY");
        for (JsonNode row : rows) {
            StringBuilder why = new StringBuilder(Cell.text(row, "disk") + ": " + Cell.text(row, "cause"));
            append(why, ", ", row, "detail");
            append(why, ", backup ", row, "backup");
            table.row(Cell.time(row, "at"), Cell.text(row, "vm"), why.toString());
        }
        return table;
    }

    private static Table unverified(List<JsonNode> rows) {
        Table table = new Table().column("VM").column("LAST VERIFIED").optional("NEWEST BACKUP");
        for (JsonNode row : rows) {
            table.row(Cell.text(row, "vm"), Cell.time(row, "verifiedAt"), Cell.time(row, "completedAt"));
        }
        return table;
    }

    /**
     * A checkpoint that is asked for together with a backup is told as it was asked for, with its name. What a drift is about is called as
     * somebody else has called it, maybe like the beginning of such a text: that is shown as it stands.
     */
    private static String named(String subject) {
        if (!subject.startsWith("{")) {
            return Text.harmless(subject);
        }
        try {
            JsonNode name = Json.MAPPER.readTree(subject).path("name");
            return Text.harmless(name.isString() ? name.asString() : subject);
        } catch (JacksonException noDocument) {
            return Text.harmless(subject);
        }
    }

    private static void append(StringBuilder text, String before, JsonNode row, String member) {
        append(text, before, Cell.text(row, member));
    }

    private static void append(StringBuilder text, String before, String told) {
        if (!told.isEmpty() && !told.equals(Cell.NOTHING)) {
            text.append(before).append(told);
        }
    }
}
