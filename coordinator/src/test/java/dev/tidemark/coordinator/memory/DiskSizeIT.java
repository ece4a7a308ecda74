package dev.tidemark.coordinator.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.stage.Monitor;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StorageMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The memory of coordinator and embedded gateway over all that handles a disk's content: backups, verification, restore, merge, pull. */
class DiskSizeIT {
    private static final long GIBIBYTE = 1L << 30;
    private static final long TEBIBYTE = 1L << 40;
    private static final double GROWTH_MAX = 1.3;

    @Test
    void a_disk_a_thousand_times_as_large_costs_no_more_memory() throws IOException {
        long small = peakKibibytes(GIBIBYTE);
        long large = peakKibibytes(TEBIBYTE);
        System.out.println("peak resident memory: " + small + " KiB with 1 GiB, " + large + " KiB with 1 TiB");
        assertThat((double) large / small).isLessThan(GROWTH_MAX);
    }

    /** The peak of a coordinator of its own, which did nothing else. */
    private static long peakKibibytes(long diskBytes) throws IOException {
        try (Stage stage = Stage.open("tm-memory", false)) {
            StorageMachine machine = new StorageMachine(stage.directory(), "big", stage.programs(), List.of("disk0"));
            machine.install(diskBytes);
            try (Monitor monitor = machine.start()) {
                assertThat(monitor.execute("{\"execute\":\"query-jobs\"}").size())
                        .isZero();
                stage.service().start();
                stage.service()
                        .done(Map.of("name", "big", "qmp", machine.qmpSocket().toString()), "vms");
                String full = backUp(stage, "FULL");
                String incremental = backUp(stage, "INCREMENTAL");
                stage.service().done(Map.of(), "backups", full, "verify");
                stage.service()
                        .done(
                                Map.of(
                                        "backup",
                                        incremental,
                                        "to",
                                        stage.directory().resolve("restored").toString(),
                                        "format",
                                        "QCOW2"),
                                "vms",
                                "big",
                                "restores");
                JsonNode export = stage.service().done(Map.of("writable", true), "backups", incremental, "exports");
                stage.service().done(Map.of(), "exports", export.path("id").asString(""), "end");
                stage.service().done(Map.of("full", true), "backups", incremental, "merge");
                JsonNode pull =
                        stage.service().done(Map.of("repo", "default", "mode", "PULL"), "vms", "big", "backups");
                stage.service().done(Map.of(), "backups", pull.path("target").asString(""), "finish");
                return peakKibibytes(
                        Path.of("/proc", Long.toString(stage.service().processId()), "status"));
            } finally {
                machine.kill();
            }
        }
    }

    private static String backUp(Stage stage, String expectedKind) {
        String id = stage.service()
                .done(Map.of("repo", "default"), "vms", "big", "backups")
                .path("target")
                .asString("");
        JsonNode disk = stage.service().get("backups", id).path("disks").path(0);
        assertThat(disk.path("kind").asString("")).isEqualTo(expectedKind);
        return id;
    }

    private static long peakKibibytes(Path status) throws IOException {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }
}
