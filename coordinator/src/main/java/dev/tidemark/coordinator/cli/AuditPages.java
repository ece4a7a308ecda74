package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** What is to be said of the log, for people. */
final class AuditPages {
    private AuditPages() {}

    static Page verdict(JsonNode verdict) {
        long wrong = verdict.path("wrong").asLong(0);
        long records = verdict.path("records").asLong(0);
        Page page = new Page();
        if (wrong == 0) {
            page.line("the log is what was written: " + counted(verdict, "records", "record") + " of "
                    + counted(verdict, "machines", "machine") + ", " + counted(verdict, "heads", "signed head"));
        } else {
            page.line("THE LOG IS NOT WHAT WAS WRITTEN: " + counted(verdict, "wrong", "finding") + " in "
                    + counted(verdict, "records", "record"));
        }
        page.line("signed up to record " + Cell.text(verdict, "sealedRecords") + " of " + records + ", at "
                + Cell.time(verdict, "sealedAt"));
        findings(page, verdict);
        for (String book : List.of("acts", "tokens")) {
            if (verdict.path(book).isObject()) {
                book(page.gap(), book, verdict.path(book));
            }
        }
        return page;
    }

    /** The other books say the same in fewer words. */
    private static void book(Page page, String book, JsonNode verdict) {
        long wrong = verdict.path("wrong").asLong(0);
        String records = counted(verdict, "records", "record");
        page.line(
                wrong == 0
                        ? "the " + book + " are what was written: " + records + ", signed up to record "
                                + Cell.text(verdict, "sealedRecords")
                        : "THE " + book.toUpperCase(Locale.ROOT) + " ARE NOT WHAT WAS WRITTEN: "
                                + counted(verdict, "wrong", "finding") + " in " + records);
        findings(page, verdict);
    }

    private static void findings(Page page, JsonNode verdict) {
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
    }

    static Page exported(JsonNode export) {
        return new Page()
                .line(counted(export, "records", "record") + " in " + Cell.text(export, "file"))
                .line(counted(export, "acts", "act") + " and " + counted(export, "tokens", "record")
                        + " of tokens beside it");
    }

    private static String counted(JsonNode node, String member, String one) {
        return Cell.text(node, member) + " " + one + (node.path(member).asLong(0) == 1 ? "" : "s");
    }
}
