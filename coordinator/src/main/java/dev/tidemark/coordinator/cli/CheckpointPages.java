package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Checkpoints for people. */
final class CheckpointPages {
    private CheckpointPages() {}

    static Page list(List<JsonNode> checkpoints) {
        if (checkpoints.isEmpty()) {
            return new Page().line("no checkpoints");
        }
        Table table = new Table()
                .column("NAME")
                .optional("CREATED")
                .column("STATE")
                .column("DISKS")
                .optional("CONSISTENCY")
                .optional("ID");
        for (JsonNode checkpoint : checkpoints) {
            table.row(
                    Cell.text(checkpoint, "name"),
                    Cell.time(checkpoint, "createdAt"),
                    Cell.text(checkpoint, "state"),
                    disks(checkpoint),
                    Cell.text(checkpoint, "consistency"),
                    Cell.text(checkpoint, "id"));
        }
        return new Page().table(table);
    }

    static Page one(JsonNode checkpoint) {
        Table table =
                new Table().column("DISK").column("STATE").column("BITMAP").column("CAUSE");
        for (JsonNode disk : Cell.list(checkpoint, "disks")) {
            table.row(
                    Cell.text(disk, "disk"),
                    Cell.text(disk, "state"),
                    Cell.text(disk, "bitmap"),
                    Cell.text(disk, "cause"));
        }
        Page page = new Page()
                .fields(new Fields()
                        .field("name", Cell.text(checkpoint, "name"))
                        .field("id", Cell.text(checkpoint, "id"))
                        .field("parent", Cell.text(checkpoint, "parent"))
                        .field("state", Cell.text(checkpoint, "state"))
                        .field("created", Cell.time(checkpoint, "createdAt"))
                        .field("consistency", Cell.text(checkpoint, "consistency"))
                        .fieldIfAny("not frozen", Cell.text(checkpoint, "crashCause"))
                        .fieldIfAny("description", Cell.text(checkpoint, "description")))
                .gap()
                .table(table);
        return ConfigurationPages.append(page, checkpoint);
    }

    /** The disks of a checkpoint in one cell, the broken ones marked. */
    static String disks(JsonNode checkpoint) {
        String disks = Cell.list(checkpoint, "disks").stream()
                .map(disk -> disk.path("state").asString("").equals("BROKEN")
                        ? Cell.text(disk, "disk") + "(broken)"
                        : Cell.text(disk, "disk"))
                .collect(Collectors.joining(" "));
        return disks.isEmpty() ? Cell.NOTHING : disks;
    }
}
