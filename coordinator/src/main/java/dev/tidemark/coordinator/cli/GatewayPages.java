package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Gateways for people. */
final class GatewayPages {
    private GatewayPages() {}

    static Page list(JsonNode answer) {
        List<JsonNode> gateways = Cell.list(answer, "gateways");
        if (gateways.isEmpty()) {
            return new Page()
                    .line(
                            "no host has ever had a gateway; start one with: tidemark gateway --coordinator URL --host NAME");
        }
        Table table = new Table()
                .column("HOST")
                .column("STATE")
                .right("EPOCH")
                .column("LAST HEARD")
                .optional("VERSION")
                .optional("COORDINATOR");
        for (JsonNode gateway : gateways) {
            table.row(
                    Cell.text(gateway, "host"),
                    Cell.text(gateway, "state").toLowerCase(Locale.ROOT),
                    Cell.text(gateway, "epoch"),
                    Cell.time(gateway, "lastContact"),
                    Cell.text(gateway, "version"),
                    Cell.text(gateway, "coordinator"));
        }
        return new Page().table(table);
    }
}
