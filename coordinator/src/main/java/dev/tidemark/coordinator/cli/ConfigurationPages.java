package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a machine was at a moment, for people. */
final class ConfigurationPages {
    private ConfigurationPages() {}

    /** Below what was said of a checkpoint or a backup; nothing if nobody recorded it. */
    static Page append(Page page, JsonNode recorded) {
        JsonNode configuration = recorded.path("configuration");
        List<JsonNode> disks = Cell.list(configuration, "disks");
        if (disks.isEmpty()) {
            return page;
        }
        JsonNode qemu = configuration.path("qemu");
        JsonNode machine = qemu.path("machine");
        Table table = new Table()
                .column("MACHINE'S DISK")
                .right("SIZE")
                .column("FORMAT")
                .optional("DEVICE")
                .column("IMAGE");
        for (JsonNode disk : disks) {
            table.row(
                    Cell.text(disk, "name"),
                    Cell.size(disk, "virtualSize"),
                    Cell.text(disk, "format"),
                    Cell.text(disk, "device"),
                    Cell.text(disk, "file"));
        }
        return page.gap()
                .fields(new Fields()
                        .field("qemu", Cell.text(qemu, "version"))
                        .fieldIfAny("machine", Cell.text(machine, "type"))
                        .fieldIfAny("processors", number(machine, "processors"))
                        .fieldIfAny("memory", Cell.size(machine, "memoryBytes")))
                .gap()
                .table(table);
    }

    private static String number(JsonNode machine, String member) {
        JsonNode number = machine.path(member);
        return number.isIntegralNumber() ? number.asString() : Cell.NOTHING;
    }
}
