package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Chains of bitmaps, what can be based on them, and drift, for people. */
final class ChainPages {
    private ChainPages() {}

    static Page show(JsonNode chain) {
        Page page = new Page().fields(head(chain));
        for (JsonNode disk : Cell.list(chain, "disks")) {
            page.gap().fields(diskHead(disk));
            List<JsonNode> bitmaps = Cell.list(disk, "bitmaps");
            if (bitmaps.isEmpty()) {
                continue;
            }
            Table table = new Table()
                    .column("CHECKPOINT")
                    .column("RECORDING")
                    .right("DIRTY")
                    .column("STATE")
                    .optional("BITMAP");
            for (JsonNode bitmap : bitmaps) {
                table.row(
                        Cell.text(bitmap, "checkpoint"),
                        Cell.yesNo(bitmap, "recording"),
                        Cell.size(bitmap, "dirtyBytes"),
                        Cell.text(bitmap, "state"),
                        Cell.text(bitmap, "name"));
            }
            page.table(table);
        }
        return page;
    }

    /** @param explanation the chain with a {@code plans} member */
    static Page explain(JsonNode explanation) {
        Page page = new Page().fields(head(explanation));
        OperationPages.explanation(page, explanation);
        for (JsonNode plan : Cell.list(explanation, "plans")) {
            page.gap()
                    .line("the next backup into " + Cell.text(plan, "repo") + ":")
                    .table(BackupPages.planTable(plan));
            OperationPages.explanation(page, plan);
        }
        for (JsonNode disk : Cell.list(explanation, "disks")) {
            page.gap().fields(diskHead(disk));
            List<JsonNode> checkpoints = Cell.list(disk, "checkpoints");
            if (checkpoints.isEmpty()) {
                continue;
            }
            Table table = new Table().column("CHECKPOINT").column("USABLE").column("WHY NOT");
            for (JsonNode checkpoint : checkpoints) {
                table.row(
                        Cell.text(checkpoint, "name"), Cell.yesNo(checkpoint, "usable"), BackupPages.cause(checkpoint));
            }
            page.table(table);
        }
        return page;
    }

    static Page reconciliation(JsonNode answer) {
        Page page = new Page().fields(head(answer).field("converged", Cell.yesNo(answer, "converged")));
        List<JsonNode> drift = Cell.list(answer, "drift");
        if (drift.isEmpty()) {
            return page.line("no drift: QEMU holds what the log says");
        }
        Table table = new Table()
                .column("KIND")
                .column("DISK")
                .column("ACTION")
                .optional("BITMAP")
                .column("DETAIL");
        for (JsonNode found : drift) {
            table.row(
                    Cell.text(found, "kind"),
                    Cell.text(found, "disk"),
                    Cell.text(found, "action"),
                    Cell.text(found, "bitmap"),
                    Cell.text(found, "detail"));
        }
        return page.gap().table(table);
    }

    private static Fields head(JsonNode answer) {
        return new Fields().field("vm", Cell.text(answer, "vm")).field("version", Cell.text(answer, "version"));
    }

    private static Fields diskHead(JsonNode disk) {
        String cause = BackupPages.cause(disk);
        String state = Cell.text(disk, "state");
        return new Fields().field(Cell.text(disk, "disk"), cause.equals(Cell.NOTHING) ? state : state + ": " + cause);
    }
}
