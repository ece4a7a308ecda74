package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Retention for people. */
final class RetentionPages {
    private RetentionPages() {}

    static Page policies(JsonNode answer) {
        List<JsonNode> policies = Cell.list(answer, "policies");
        if (policies.isEmpty()) {
            return new Page().line("no policy: everything stays");
        }
        Table table = new Table()
                .column("REPO")
                .right("LAST")
                .right("DAILY")
                .right("WEEKLY")
                .right("MONTHLY")
                .right("YEARLY");
        for (JsonNode policy : policies) {
            table.row(
                    Cell.text(policy, "repo"),
                    Cell.text(policy, "last"),
                    Cell.text(policy, "daily"),
                    Cell.text(policy, "weekly"),
                    Cell.text(policy, "monthly"),
                    Cell.text(policy, "yearly"));
        }
        return new Page().table(table);
    }

    static Page plan(JsonNode plan) {
        List<JsonNode> backups = Cell.list(plan, "backups");
        if (backups.isEmpty()) {
            return new Page().line("no backups");
        }
        Table table =
                new Table().column("ID").column("TAKEN").column("DECISION").column("WHY");
        for (JsonNode backup : backups) {
            table.row(
                    Cell.text(backup, "id"),
                    Cell.time(backup, "takenAt"),
                    backup.path("stays").asBoolean(false) ? "stays" : "goes",
                    why(backup));
        }
        Page page = new Page().table(table);
        List<JsonNode> merges = Cell.list(plan, "merges");
        if (!merges.isEmpty()) {
            page.gap().line("merged first, because they stand on what goes:");
            merges.forEach(merge -> page.line("- " + Cell.text(merge, "id") + " takes in what is below it, "
                    + onto(merge) + "; about " + Cell.size(merge, "bytes") + " are copied"));
        }
        List<JsonNode> checkpoints = Cell.list(plan, "checkpoints");
        if (!checkpoints.isEmpty()) {
            page.gap().line("checkpoints that nothing will need:");
            checkpoints.forEach(checkpoint -> page.line("- " + Cell.text(checkpoint, "name")));
        }
        return page;
    }

    static Page applied(JsonNode document) {
        List<JsonNode> backups = Cell.list(document, "backups");
        List<JsonNode> merged = Cell.list(document, "merged");
        List<JsonNode> checkpoints = Cell.list(document, "checkpoints");
        if (merged.isEmpty() && backups.isEmpty() && checkpoints.isEmpty()) {
            return new Page().line("nothing to delete");
        }
        Page page = new Page();
        merged.forEach(backup -> page.line("merged backup " + backup.asString("")));
        backups.forEach(backup -> page.line("deleted backup " + backup.asString("")));
        checkpoints.forEach(checkpoint -> page.line("deleted checkpoint " + Cell.text(checkpoint, "name")));
        return page;
    }

    private static String onto(JsonNode merge) {
        List<String> words = new ArrayList<>();
        for (JsonNode disk : Cell.list(merge, "disks")) {
            String onto = disk.path("onto").asString("");
            words.add(Cell.text(disk, "disk") + (onto.isEmpty() ? " becomes full" : " onto " + onto));
        }
        return String.join(", ", words);
    }

    private static String why(JsonNode backup) {
        List<String> words = new ArrayList<>();
        for (JsonNode reason : Cell.list(backup, "reasons")) {
            String kind =
                    reason.path("kind").asString("").toLowerCase(Locale.ROOT).replace('_', ' ');
            String detail = reason.path("detail").asString("");
            words.add(detail.isEmpty() ? kind : kind + " " + detail);
        }
        return words.isEmpty() ? Cell.NOTHING : String.join(", ", words);
    }
}
