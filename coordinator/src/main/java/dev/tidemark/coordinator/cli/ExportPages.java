package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Exports for people, with commands that can be typed as they stand. */
final class ExportPages {
    private ExportPages() {}

    static Page list(JsonNode answer) {
        List<JsonNode> exports = Cell.list(answer, "exports");
        if (exports.isEmpty()) {
            return new Page().line("nothing is exported");
        }
        Table table = new Table()
                .column("ID")
                .column("STATE")
                .column("BACKUP")
                .column("DISKS")
                .optional("WRITABLE")
                .optional("LEASE");
        for (JsonNode export : exports) {
            String disks = Cell.list(export, "disks").stream()
                    .map(disk -> Cell.text(disk, "disk"))
                    .collect(Collectors.joining(" "));
            table.row(
                    Cell.text(export, "id"),
                    Cell.text(export, "state"),
                    Cell.text(export, "backup"),
                    disks,
                    Cell.yesNo(export, "writable"),
                    Cell.time(export, "leaseUntil"));
        }
        return new Page().table(table);
    }

    static Page one(JsonNode export) {
        Page page = new Page()
                .fields(new Fields()
                        .field("id", Cell.text(export, "id"))
                        .field("vm", Cell.text(export, "vm"))
                        .field("backup", Cell.text(export, "backup"))
                        .field("repo", Cell.text(export, "repo"))
                        .field("state", Cell.text(export, "state"))
                        .field("writable", Cell.yesNo(export, "writable"))
                        .fieldIfAny("lease", Cell.time(export, "leaseUntil"))
                        .fieldIfAny("ready", Cell.time(export, "readyAt"))
                        .fieldIfAny("ended", Cell.time(export, "endedAt"))
                        .fieldIfAny("code", Cell.text(export, "code"))
                        .fieldIfAny("error", Cell.text(export, "error")));
        List<JsonNode> disks = Cell.list(export, "disks");
        if (disks.isEmpty()) {
            return page;
        }
        Table table = new Table().column("DISK").right("SIZE");
        disks.forEach(disk -> table.row(Cell.text(disk, "disk"), Cell.size(disk, "virtualSize")));
        page.gap().table(table);
        List<String> lines = howToRead(export, disks);
        return lines.isEmpty() ? page : page.gap().verbatim(lines);
    }

    private static List<String> howToRead(JsonNode export, List<JsonNode> disks) {
        List<String> lines = new ArrayList<>();
        for (JsonNode disk : disks) {
            String address = disk.path("uri").asString("");
            if (address.isEmpty()) {
                continue;
            }
            PullUri uri = PullUri.of(address);
            String name = Cell.text(disk, "disk");
            lines.add("# " + name);
            lines.add("nbdcopy " + uri.forLibnbd() + " " + name + ".raw");
            lines.add("qemu-img convert " + uri.forQemuImg() + " -O qcow2 " + name + ".qcow2");
        }
        if (!lines.isEmpty()) {
            lines.add("# then:");
            lines.add("tidemark export end " + export.path("id").asString(""));
        }
        return lines;
    }
}
