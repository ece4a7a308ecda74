package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Page;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** How a client reads a pull backup: commands that can be typed as they stand. */
final class PullPages {
    private PullPages() {}

    /** Says nothing about a backup that nobody can read now. */
    static void howToRead(Page page, JsonNode backup) {
        List<String> lines = commands(backup);
        if (!lines.isEmpty()) {
            page.gap().verbatim(lines);
        }
    }

    private static List<String> commands(JsonNode backup) {
        List<String> lines = new ArrayList<>();
        for (JsonNode disk : Cell.list(backup, "disks")) {
            String address = disk.path("uri").asString("");
            if (address.isEmpty()) {
                continue;
            }
            PullUri uri = PullUri.of(address);
            if (lines.isEmpty()) {
                lines.addAll(uri.preparation());
            }
            String name = Cell.text(disk, "disk");
            String context = disk.path("dirtyContext").asString("");
            lines.add("# " + name);
            if (!context.isEmpty()) {
                lines.add("# changed since then, to be read and put upon the copy of backup "
                        + Cell.text(disk, "parent") + ":");
                lines.add("nbdinfo --map=" + context + " " + uri.forLibnbd());
                lines.add("# or all of it:");
            }
            lines.add("nbdcopy " + uri.forLibnbd() + " " + name + ".raw");
            lines.add("qemu-img convert " + uri.forQemuImg() + " -O qcow2 " + name + ".qcow2");
        }
        if (!lines.isEmpty()) {
            lines.add("# then:");
            lines.add("tidemark backup finish " + backup.path("id").asString(""));
        }
        return lines;
    }
}
