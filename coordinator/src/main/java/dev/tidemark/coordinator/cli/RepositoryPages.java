package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import dev.tidemark.gateway.act.repository.CataloguedBackup;
import dev.tidemark.gateway.act.repository.CataloguedMachine;
import dev.tidemark.gateway.act.repository.Manifest;
import dev.tidemark.gateway.act.repository.RepositoryCatalogue;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.json.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What lies in a repository, for programs and for people. */
final class RepositoryPages {
    private static final String DAMAGED = "DAMAGED";

    private RepositoryPages() {}

    static JsonNode machines(RepositoryCatalogue catalogue) {
        ObjectNode document =
                Arguments.body().put("directory", catalogue.directory().toString());
        ArrayNode machines = document.putArray("machines");
        for (CataloguedMachine machine : catalogue.machines()) {
            List<CataloguedBackup> readable = machine.backups().stream()
                    .filter(backup -> backup.manifest().isPresent())
                    .toList();
            ObjectNode told = named(machines.addObject(), machine)
                    .put("backupCount", machine.backups().size())
                    .put("unreadableCount", machine.backups().size() - readable.size());
            told.put("oldest", readable.isEmpty() ? null : requestedAt(readable.getFirst()));
            told.put("newest", readable.isEmpty() ? null : requestedAt(readable.getLast()));
        }
        document.set("faults", Json.MAPPER.valueToTree(catalogue.faults()));
        document.set("foreign", Json.MAPPER.valueToTree(catalogue.foreign()));
        return document;
    }

    static Page machinesPage(JsonNode document) {
        Table table = new Table()
                .column("NAME")
                .column("ID")
                .right("BACKUPS")
                .right("UNREADABLE")
                .optional("NEWEST");
        for (JsonNode machine : Cell.list(document, "machines")) {
            table.row(
                    Cell.text(machine, "name"),
                    Cell.text(machine, "id"),
                    Cell.text(machine, "backupCount"),
                    Cell.text(machine, "unreadableCount"),
                    Cell.time(machine, "newest"));
        }
        return new Page().table(table);
    }

    static JsonNode backups(RepositoryCatalogue catalogue, CataloguedMachine machine) {
        ObjectNode document =
                Arguments.body().put("directory", catalogue.directory().toString());
        named(document.putObject("vm"), machine);
        ArrayNode backups = document.putArray("backups");
        for (CataloguedBackup backup : machine.backups()) {
            ObjectNode told = backups.addObject().put("id", backup.id().value());
            List<DamagedDisk> damage = catalogue.visibleDamage(machine.id(), backup);
            boolean damaged = backup.manifest().isEmpty() || !damage.isEmpty();
            told.put("state", damaged ? DAMAGED : "COMPLETED");
            told.put("fault", backup.fault().isEmpty() ? null : backup.fault());
            backup.manifest().ifPresent(manifest -> tell(told, manifest));
            ArrayNode disks = told.putArray("disks");
            backup.manifest()
                    .ifPresent(manifest -> manifest.disks().forEach(disk -> {
                        ObjectNode one = disks.addObject()
                                .put("disk", disk.disk().value())
                                .put("kind", disk.kind().name())
                                .put(
                                        "parent",
                                        disk.parent().map(Object::toString).orElse(null))
                                .put("bytes", disk.bytes())
                                .put("virtualSize", disk.size());
                        one.put(
                                "damage",
                                damage.stream()
                                        .filter(found -> found.disk().equals(disk.disk()))
                                        .map(found -> found.file() + ": " + found.detail())
                                        .findFirst()
                                        .orElse(null));
                    }));
        }
        return document;
    }

    static Page backupsPage(JsonNode document) {
        Page page = new Page()
                .fields(new Fields()
                        .field("vm", Cell.text(document.path("vm"), "name"))
                        .field("id", Cell.text(document.path("vm"), "id")))
                .gap();
        Table table = new Table()
                .column("ID")
                .column("STATE")
                .column("KIND")
                .right("SIZE")
                .optional("REQUESTED")
                .optional("CHECKPOINT");
        for (JsonNode backup : Cell.list(document, "backups")) {
            table.row(
                    Cell.text(backup, "id"),
                    Cell.text(backup, "state"),
                    BackupPages.kind(backup),
                    BackupPages.size(backup),
                    Cell.time(backup, "requestedAt"),
                    Cell.text(backup, "checkpoint"));
        }
        page.table(table);
        for (JsonNode backup : Cell.list(document, "backups")) {
            if (backup.path("fault").isString()) {
                page.gap().line(Cell.text(backup, "id") + ": " + Cell.text(backup, "fault"));
            }
            for (JsonNode disk : Cell.list(backup, "disks")) {
                if (disk.path("damage").isString()) {
                    page.gap()
                            .line(Cell.text(backup, "id") + " disk " + Cell.text(disk, "disk") + ": "
                                    + Cell.text(disk, "damage"));
                }
            }
        }
        return page;
    }

    static JsonNode export(RepositoryRestore.Exported exported) {
        return Json.MAPPER.valueToTree(exported);
    }

    static Page exportPage(JsonNode document) {
        Table table = new Table().column("DISK").right("SIZE").column("URI");
        for (JsonNode disk : Cell.list(document, "disks")) {
            table.row(Cell.text(disk, "disk"), Cell.size(disk, "size"), Cell.text(disk, "uri"));
        }
        return new Page()
                .fields(new Fields()
                        .field("backup", Cell.text(document, "backup"))
                        .field("writable", Cell.yesNo(document, "writable")))
                .gap()
                .table(table);
    }

    private static void tell(ObjectNode told, Manifest manifest) {
        told.put("vm", manifest.machineName().value())
                .put("requestedAt", manifest.requestedAt().toString())
                .put("storedAt", manifest.storedAt().map(Object::toString).orElse(null))
                .put(
                        "checkpoint",
                        manifest.checkpoint()
                                .map(checkpoint -> checkpoint.name().value())
                                .orElse(null));
    }

    private static ObjectNode named(ObjectNode node, CataloguedMachine machine) {
        return node.put("id", machine.id().value())
                .put("name", machine.name().map(Object::toString).orElse(null));
    }

    private static String requestedAt(CataloguedBackup backup) {
        return backup.manifest().orElseThrow().requestedAt().toString();
    }
}
