package dev.tidemark.coordinator.api.server;

import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A machine with something of each kind, and a second of each for names that are ambiguous.
 *
 * @param running a backup that is not completed
 * @param pulled a completed one that lies with a client
 */
record OwnedThings(
        String vm, String backup, String running, String pulled, String export, String operation, MachineId machine) {
    static OwnedThings make(Served served, String vm) {
        MachineId machine = served.machine(vm);
        served.post("/v1/vms/" + vm + "/checkpoints", "{\"name\":\"monday\"}");
        BackupId running = served.backup(vm);
        BackupId pulled = completed(
                served,
                machine,
                new BackupId(served.post(
                                "/v1/vms/" + vm + "/backups",
                                "{\"repo\":\"default\",\"noCheckpoint\":true,\"mode\":\"PULL\"}")
                        .json()
                        .path("target")
                        .asString()));
        BackupId backup = completed(served, machine, served.backup(vm));
        served.started("/v1/backups/" + backup + "/exports", "{}");
        String export =
                served.started("/v1/backups/" + backup + "/exports", "{}").value();
        return new OwnedThings(
                vm,
                backup.value(),
                running.value(),
                pulled.value(),
                export,
                operation(served, backup).value(),
                machine);
    }

    private static OperationId operation(Served served, BackupId backup) {
        return new OperationId(
                served.get("/v1/backups/" + backup).json().path("operation").asString());
    }

    private static BackupId completed(Served served, MachineId machine, BackupId backup) {
        served.engine.tell(new BackupCompleted(
                machine,
                operation(served, backup),
                backup,
                new RepositoryName("default"),
                Optional.empty(),
                List.of(),
                Instant.parse("2026-01-02T03:04:06Z")));
        return backup;
    }

    /** A path that is right. */
    String in(Routes.Route route) {
        String path = route.pattern()
                .replace("{vm}", vm)
                .replace("{checkpoint}", "monday")
                .replace("{repo}", "default")
                .replace("{backup}", backup)
                .replace("{export}", export)
                .replace("{operation}", operation)
                .replace("{host}", "host1")
                .replace("{token}", "nightly")
                .replace("{webhook}", "siem")
                .replace("{question}", "acts");
        return switch (route.pattern()) {
            case "/v1/vms/{vm}/backups/plan" -> path + "?repo=default";
            case "/v1/audit/chain" -> path + "?vm=" + vm + "&at=2026-01-02T03:04:05Z";
            default -> path;
        };
    }
}
