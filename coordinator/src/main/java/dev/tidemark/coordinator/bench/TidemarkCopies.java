package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** A coordinator with a repository beside the source, asked over HTTP as a scheduler would. */
final class TidemarkCopies {
    private static final String MACHINE = "source";
    private static final String REPOSITORY = "bench";
    private static final Duration PATIENCE = Duration.ofHours(6);

    private final Service service;
    private final Path repository;
    private final String machine;

    private TidemarkCopies(Service service, Path repository, String machine) {
        this.service = service;
        this.repository = repository;
        this.machine = machine;
    }

    static TidemarkCopies start(Stage stage, Path directory, SourceDisk source) throws IOException {
        Service service = stage.service();
        Path repository = Files.createDirectory(directory.resolve("repository"));
        service.serveWith(List.of("--repository", REPOSITORY + "=" + repository));
        // A stage's quick start leaves out the compiler that knows the processor's SHA instructions; tidemark serve has
        // it.
        service.runWith(List.of("-XX:TieredStopAtLevel=4"));
        service.start();
        service.done(Map.of("name", MACHINE, "qmp", source.machine().qmpSocket().toString()), "vms");
        return new TidemarkCopies(
                service, repository, service.get("vms", MACHINE).path("id").asString(""));
    }

    /** Takes a backup; gives its file. */
    Path backUp(String kind) {
        JsonNode operation = service.started(Map.of("repo", REPOSITORY, "kind", kind), "vms", MACHINE, "backups");
        String backup = service.ended(operation, PATIENCE).path("target").asString("");
        return repository.resolve(machine).resolve(backup).resolve(SourceDisk.NAME + ".qcow2");
    }

    /** A full one in the place of an incremental one would be a figure of something else. */
    void requireIncremental(Path file) {
        String backup = file.getName(file.getNameCount() - 2).toString();
        JsonNode disk = service.get("backups", backup).path("disks").path(0);
        if (!disk.path("kind").asString("").equals("INCREMENTAL")) {
            throw new StageFailure("the incremental backup was a full one: "
                    + disk.path("cause").asString("") + " "
                    + disk.path("detail").asString(""));
        }
    }

    /** Restores the newest backup; gives the disk's file. */
    Path restore(Path to) {
        JsonNode operation =
                service.started(Map.of("to", to.toString(), "format", "QCOW2"), "vms", MACHINE, "restores");
        JsonNode disk =
                service.ended(operation, PATIENCE).path("result").path("disks").path(0);
        return Path.of(disk.path("file").asString(""));
    }

    /** Makes room. The next round begins with a full backup, which needs nothing of what was there before. */
    void forget(Path file) {
        Stage.delete(Objects.requireNonNull(file.getParent()));
    }
}
