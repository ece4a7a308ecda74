package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What is to be said of the log, for people. */
final class AuditPages {
    private AuditPages() {}

    static Page verdict(JsonNode verdict) {
        long wrong = verdict.path("wrong").asLong(0);
        long records = verdict.path("records").asLong(0);
        Page page = new Page();
        if (wrong == 0) {
            page.line("the log is what was written: " + records + " records of " + Cell.text(verdict, "machines")
                    + " machines, " + Cell.text(verdict, "heads") + " signed heads");
        } else {
            page.line("THE LOG IS NOT WHAT WAS WRITTEN: " + wrong + " findings in " + records + " records");
        }
        page.line("signed up to record " + Cell.text(verdict, "sealedRecords") + " of " + records + ", at "
                + Cell.time(verdict, "sealedAt"));
        List<JsonNode> findings = Cell.list(verdict, "findings");
        if (!findings.isEmpty()) {
            Table table =
                    new Table().column("FINDING").right("FROM").right("TO").column("WHAT");
            for (JsonNode finding : findings) {
                table.row(
                        Cell.text(finding, "kind"),
                        Cell.text(finding, "from"),
                        Cell.text(finding, "upTo"),
                        Cell.text(finding, "detail"));
            }
            page.gap().table(table);
        }
        return page;
    }

    static Page exported(JsonNode export) {
        return new Page().line(Cell.text(export, "records") + " records in " + Cell.text(export, "file"));
    }
}
