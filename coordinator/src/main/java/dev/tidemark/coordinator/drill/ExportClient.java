package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.stage.Pause;
import dev.tidemark.coordinator.stage.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The client of restore points that are served: reads each, holds it against what that backup holds, and has it end. */
final class ExportClient {
    private static final long AGAIN_MILLISECONDS = 100;

    private final Service service;
    private final DrillMachine machine;

    ExportClient(Service service, DrillMachine machine) {
        this.service = service;
        this.machine = machine;
    }

    /** Gives how many were served. */
    int readAndEnd() throws Broken {
        JsonNode open = open();
        for (JsonNode export : open) {
            String id = export.path("id").asString("");
            read(id, export.path("backup").asString(""));
            service.done(Map.of(), "exports", id, "end");
        }
        if (!open().isEmpty()) {
            throw new Broken(Invariant.NOTHING_LEFT, "exports that were ended: " + open());
        }
        return open.size();
    }

    private JsonNode open() {
        return service.get("vms", machine.name(), "exports").path("exports");
    }

    /** A gateway that was killed serves it again soon, perhaps in another place: a client asks where, and tries again. */
    private void read(String id, String backup) throws Broken {
        List<Path> contents = machine.contents().getOrDefault(backup, List.of());
        PullClient client = new PullClient(service, machine);
        long begin = System.nanoTime();
        while (true) {
            try {
                client.read(service.get("exports", id), contents.toArray(new Path[0]));
                return;
            } catch (IOException | RuntimeException notYet) {
                if (Service.elapsed(begin) > Judge.CONVERGE_MILLISECONDS_MAX) {
                    throw new Broken(
                            Invariant.BACKUPS_RESTORE, "export " + id + " was not served: " + notYet.getMessage());
                }
                Pause.milliseconds(AGAIN_MILLISECONDS);
            }
        }
    }
}
