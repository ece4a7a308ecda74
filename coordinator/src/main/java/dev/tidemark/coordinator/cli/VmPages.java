package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import dev.tidemark.coordinator.cli.show.Text;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Machines for people. */
final class VmPages {
    /** What a list of them shows. */
    static final String LISTED = "id,name,host,state,qemu,disks.name";

    private VmPages() {}

    /** @param label what was asked for; empty for all machines */
    static Page list(JsonNode answer, Optional<String> label) {
        List<JsonNode> machines = Cell.list(answer, "vms");
        if (machines.isEmpty()) {
            return new Page()
                    .line(label.map(wanted -> "no machine has the label " + wanted)
                            .orElse("no machines; add one with: tidemark vm add NAME --qmp SOCKET"));
        }
        Table table = new Table()
                .column("NAME")
                .column("STATE")
                .column("HOST")
                .optional("QEMU")
                .optional("DISKS")
                .optional("ID");
        for (JsonNode machine : machines) {
            table.row(
                    Cell.text(machine, "name"),
                    Cell.text(machine, "state"),
                    Cell.text(machine, "host"),
                    Cell.text(machine.path("qemu"), "version"),
                    Integer.toString(Cell.list(machine, "disks").size()),
                    Cell.text(machine, "id"));
        }
        return new Page().table(table);
    }

    static Page one(JsonNode machine) {
        Page page = new Page()
                .fields(new Fields()
                        .field("name", Cell.text(machine, "name"))
                        .field("id", Cell.text(machine, "id"))
                        .field("host", Cell.text(machine, "host"))
                        .field("state", state(machine))
                        .fieldIfAny("qmp", Cell.text(machine, "qmp"))
                        .fieldIfAny("qemu", Cell.text(machine.path("qemu"), "version"))
                        .fieldIfAny("user", Cell.text(machine, "peer"))
                        .fieldIfAny("pending", Cell.text(machine, "pending"))
                        .fieldIfAny("labels", written(machine.path("labels"))));
        List<JsonNode> disks = Cell.list(machine, "disks");
        if (disks.isEmpty()) {
            return page;
        }
        Table table = new Table()
                .column("DISK")
                .right("SIZE")
                .column("FORMAT")
                .optional("NODE")
                .column("FILE");
        for (JsonNode disk : disks) {
            table.row(
                    Cell.text(disk, "name"),
                    Cell.size(disk, "virtualSize"),
                    Cell.text(disk, "format"),
                    Cell.text(disk, "node"),
                    Cell.text(disk, "file"));
        }
        return page.gap().table(table);
    }

    /** What is said of a machine, and who has said that. */
    static Page labels(JsonNode answer) {
        Fields fields =
                new Fields().field("vm", Cell.text(answer, "vm")).field("labels", written(answer.path("labels")));
        if (!Cell.text(answer, "changedBy").equals(Cell.NOTHING)) {
            fields.field("changed", Cell.time(answer, "changedAt") + " by " + Cell.text(answer, "changedBy"));
        }
        return new Page().fields(fields);
    }

    private static String written(JsonNode labels) {
        return labels.isEmpty()
                ? Cell.NOTHING
                : labels.properties().stream()
                        .map(label -> Text.harmless(label.getKey()) + "="
                                + Text.harmless(label.getValue().asString("")))
                        .collect(Collectors.joining(" "));
    }

    /** Whether QEMU answers, and what the machine does if it does not simply run. */
    private static String state(JsonNode machine) {
        String state = Cell.text(machine, "state");
        return switch (Cell.text(machine, "runState")) {
            case Cell.NOTHING, "running" -> state;
            case "io-error" -> state + ", paused by an I/O error: its guest stands still";
            case String other -> state + ", " + other;
        };
    }
}
