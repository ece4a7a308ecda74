package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import dev.tidemark.coordinator.cli.show.Text;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Backups, their plans and restores for people. */
final class BackupPages {
    private BackupPages() {}

    static Page list(JsonNode answer) {
        List<JsonNode> backups = Cell.list(answer, "backups");
        if (backups.isEmpty()) {
            return new Page().line("no backups");
        }
        Table table = new Table()
                .column("ID")
                .column("STATE")
                .column("KIND")
                .right("SIZE")
                .optional("REPO")
                .optional("STARTED")
                .optional("CHECKPOINT");
        for (JsonNode backup : backups) {
            table.row(
                    Cell.text(backup, "id"),
                    Cell.text(backup, "state") + (isDamaged(backup) ? " (damaged)" : ""),
                    kind(backup),
                    size(backup),
                    Cell.text(backup, "repo"),
                    Cell.time(backup, "startedAt"),
                    Cell.text(backup, "checkpoint"));
        }
        return new Page().table(table);
    }

    /** As far as it was told: what is done, how fast, how long it will take. */
    private static String progress(JsonNode backup) {
        JsonNode progress = backup.path("progress");
        if (!progress.isObject()) {
            return Cell.NOTHING;
        }
        long done = progress.path("bytesDone").asLong(0);
        long total = progress.path("bytesTotal").asLong(0);
        StringBuilder text = new StringBuilder(
                        Text.harmless(progress.path("phase").asString("")))
                .append(": ")
                .append(Text.size(done))
                .append(" of ")
                .append(Text.size(total));
        if (progress.path("bytesPerSecond").isNumber()) {
            text.append(", ")
                    .append(Text.size(progress.path("bytesPerSecond").asLong(0)))
                    .append("/s");
        }
        if (progress.path("secondsLeft").isNumber()) {
            text.append(", ")
                    .append(Text.duration(progress.path("secondsLeft").asLong(0)))
                    .append(" left");
        }
        return text.toString();
    }

    static Page one(JsonNode backup) {
        Page page = new Page()
                .fields(new Fields()
                        .field("id", Cell.text(backup, "id"))
                        .field("vm", Cell.text(backup, "vm"))
                        .field("repo", Cell.text(backup, "repo"))
                        .field("mode", Cell.text(backup, "mode"))
                        .fieldIfAny("compression", Cell.text(backup, "compression"))
                        .field("state", Cell.text(backup, "state"))
                        .fieldIfAny("waits for", Cell.text(backup, "waitsFor"))
                        .fieldIfAny("progress", progress(backup))
                        .fieldIfAny("stands still", Cell.standsStill(backup))
                        .fieldIfAny("beside chains", besideChains(backup))
                        .field("checkpoint", Cell.text(backup, "checkpoint"))
                        .fieldIfAny("consistency", Cell.text(backup, "consistency"))
                        .fieldIfAny("not frozen", Cell.text(backup, "crashCause"))
                        .fieldIfAny("limit", limit(backup))
                        .fieldIfAny("deadline", Cell.time(backup, "deadline"))
                        .fieldIfAny("lease", Cell.time(backup, "leaseUntil"))
                        .fieldIfAny("scratch", Cell.size(backup, "scratchBytesMax"))
                        .fieldIfAny("started", Cell.time(backup, "startedAt"))
                        .fieldIfAny("completed", Cell.time(backup, "completedAt"))
                        .fieldIfAny("verified", Cell.time(backup, "verifiedAt"))
                        .fieldIfAny("by", Cell.text(backup, "verifiedBy"))
                        .fieldIfAny("merged", Cell.time(backup, "mergedAt"))
                        .fieldIfAny("by", Cell.text(backup, "mergedBy"))
                        .fieldIfAny("restored for a look", Cell.time(backup, "deepVerifiedAt"))
                        .fieldIfAny("damaged", isDamaged(backup) ? "yes" : Cell.NOTHING)
                        .fieldIfAny("protected", backup.path("protected").asBoolean(false) ? "yes" : Cell.NOTHING)
                        .fieldIfAny("exports", exports(backup))
                        .fieldIfAny("legal hold", Cell.text(backup, "hold"))
                        .fieldIfAny("held by", Cell.text(backup, "heldBy"))
                        .fieldIfAny("held since", Cell.time(backup, "heldSince"))
                        .fieldIfAny("error", Cell.text(backup, "error")));
        List<JsonNode> disks = Cell.list(backup, "disks");
        if (disks.isEmpty()) {
            return page;
        }
        Table table = new Table()
                .column("DISK")
                .column("KIND")
                .right("SIZE")
                .optional("SINCE")
                .column("CAUSE")
                .optional("FILE");
        for (JsonNode disk : disks) {
            table.row(
                    Cell.text(disk, "disk"),
                    Cell.text(disk, "kind"),
                    Cell.size(disk, "bytes"),
                    Cell.text(disk, "since"),
                    cause(disk),
                    Cell.text(disk, "file"));
        }
        page.gap().table(table);
        PullPages.howToRead(page, backup);
        for (JsonNode disk : disks) {
            String name = Cell.text(disk, "disk");
            if (!Cell.text(disk, "encryption").equals(Cell.NOTHING)) {
                page.gap()
                        .line(name + " is encrypted (" + Cell.text(disk, "encryption") + ") with key "
                                + Cell.text(disk, "encryptionKey"));
            }
            if (!Cell.text(disk, "damage").equals(Cell.NOTHING)) {
                page.gap().line(name + " is damaged: " + Cell.text(disk, "damage"));
            }
            for (JsonNode below : Cell.list(disk, "damagedBy")) {
                page.gap().line(name + " is restored from the damaged file of backup " + below.asString(""));
            }
        }
        return ConfigurationPages.append(page, backup);
    }

    private static boolean isDamaged(JsonNode backup) {
        return backup.path("damaged").asBoolean(false);
    }

    static Page plan(JsonNode plan) {
        Page page = new Page();
        page.table(planTable(plan));
        OperationPages.explanation(page.gap(), plan);
        return OperationPages.transaction(page, plan);
    }

    static Table planTable(JsonNode plan) {
        Table table = new Table()
                .column("DISK")
                .column("KIND")
                .column("SINCE")
                .optional("PARENT")
                .column("WHY");
        for (JsonNode disk : Cell.list(plan, "disks")) {
            String detail = Cell.text(disk, "detail");
            table.row(
                    Cell.text(disk, "disk"),
                    Cell.text(disk, "kind"),
                    Cell.text(disk, "since"),
                    Cell.text(disk, "parent"),
                    detail.equals(Cell.NOTHING) ? cause(disk) : detail);
        }
        return table;
    }

    static Page restore(JsonNode restore) {
        Table table = new Table().column("DISK").right("SIZE").column("FORMAT").column("FILE");
        for (JsonNode disk : Cell.list(restore, "disks")) {
            table.row(
                    Cell.text(disk, "disk"),
                    Cell.size(disk, "virtualSize"),
                    Cell.text(disk, "format"),
                    Cell.text(disk, "file"));
        }
        return new Page()
                .fields(new Fields().field("backup", Cell.text(restore, "backup")))
                .gap()
                .table(table);
    }

    /** {@code BITMAP_MISSING} as {@code bitmap missing}. */
    static String cause(JsonNode disk) {
        return Cell.text(disk, "cause").toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Those that are open. */
    private static String exports(JsonNode backup) {
        List<String> open =
                Cell.list(backup, "exports").stream().map(JsonNode::asString).toList();
        return open.isEmpty() ? Cell.NOTHING : Text.harmless(String.join(" ", open));
    }

    private static String limit(JsonNode backup) {
        String size = Cell.size(backup, "bytesPerSecondMax");
        return size.equals(Cell.NOTHING) ? size : size + "/s a disk";
    }

    /** What was asked for, if nothing can be incremental to it. */
    private static String besideChains(JsonNode backup) {
        String request = Cell.text(backup, "request");
        return request.equals("COPY") || request.equals("DIFFERENTIAL")
                ? request.toLowerCase(Locale.ROOT)
                : Cell.NOTHING;
    }

    static String kind(JsonNode backup) {
        Set<String> kinds = new TreeSet<>();
        Cell.list(backup, "disks").forEach(disk -> kinds.add(Cell.text(disk, "kind")));
        String request = Cell.text(backup, "request");
        if (request.equals("COPY") || (request.equals("DIFFERENTIAL") && kinds.contains("INCREMENTAL"))) {
            return request;
        }
        return kinds.isEmpty()
                ? Cell.NOTHING
                : kinds.size() > 1 ? "MIXED" : kinds.iterator().next();
    }

    static String size(JsonNode backup) {
        long bytes = 0;
        boolean known = false;
        for (JsonNode disk : Cell.list(backup, "disks")) {
            if (disk.path("bytes").canConvertToLong()) {
                bytes += disk.path("bytes").longValue();
                known = true;
            }
        }
        return known ? Text.size(bytes) : Cell.NOTHING;
    }
}
