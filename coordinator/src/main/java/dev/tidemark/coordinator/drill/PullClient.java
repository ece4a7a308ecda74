package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.stage.NbdDisk;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The client of pull backups: reads what it is offered, holds it against what the disks held, and finishes. */
final class PullClient {
    private static final int PART = 64 * 1024;
    private static final String SOCKET = "socket=";

    private final Service service;
    private final DrillMachine machine;

    PullClient(Service service, DrillMachine machine) {
        this.service = service;
        this.machine = machine;
    }

    /**
     * Every backup that waits for it; each holds one of these contents, on all disks the same.
     *
     * @param mayEnd QEMU was killed, and took what it served along; nobody may have seen that yet
     */
    void readAndFinish(boolean mayEnd, Path... possible) throws Broken, IOException {
        for (JsonNode backup : backups()) {
            if (!backup.path("state").asString("").equals("READY")) {
                continue;
            }
            String id = backup.path("id").asString("");
            try {
                read(service.get("backups", id), possible);
                service.done(Map.of(), "backups", id, "finish");
            } catch (Failure | StageFailure | IOException refused) {
                if (!mayEnd) {
                    throw new Broken(
                            Invariant.BACKUPS_RESTORE,
                            "pull backup " + id + " was not read and finished: " + refused.getMessage());
                }
            }
        }
    }

    /** The backups that it could not read. */
    Set<String> failed() {
        Set<String> failed = new LinkedHashSet<>();
        for (JsonNode backup : backups()) {
            boolean pulled = backup.path("mode").asString("").equals("PULL");
            if (pulled && backup.path("state").asString("").equals("FAILED")) {
                failed.add(backup.path("id").asString(""));
            }
        }
        return failed;
    }

    private JsonNode backups() {
        return service.get("vms", machine.name(), "backups").path("backups");
    }

    /** While the backup waits: what its exports serve. */
    void read(JsonNode backup, Path... possible) throws Broken, IOException {
        Path to = Files.createDirectory(machine.file("pulled-" + System.nanoTime()));
        for (JsonNode disk : backup.path("disks")) {
            copy(
                    URI.create(disk.path("uri").asString("")),
                    DrillMachine.raw(to, disk.path("disk").asString("")));
        }
        for (Path content : List.of(possible)) {
            if (DrillMachine.same(content, to)) {
                Stage.delete(to);
                return;
            }
        }
        throw new Broken(
                Invariant.BACKUPS_RESTORE,
                "what was read of " + backup.path("id").asString("") + " is not what the disks held");
    }

    private static void copy(URI uri, Path to) throws IOException {
        Path socket = Path.of(uri.getQuery().substring(SOCKET.length()));
        byte[] part = new byte[PART];
        try (NbdDisk disk = NbdDisk.open(socket, uri.getPath().substring(1));
                RandomAccessFile file = new RandomAccessFile(to.toFile(), "rw")) {
            for (long offset = 0; offset < disk.size(); offset += PART) {
                disk.read(offset, part);
                file.write(part);
            }
        }
    }
}
