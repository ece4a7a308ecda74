package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.Consistency;
import dev.tidemark.schema.event.TrackedDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What can be read, and what is chosen for whoever does not choose. */
class ReadingIT {
    private static final Served SERVED = new Served();
    private static final DiskName VDA = new DiskName("vda");
    private static final RepositoryName REPOSITORY = new RepositoryName("default");

    @AfterAll
    static void close() {
        SERVED.close();
    }

    @Test
    void the_log_is_read_page_by_page() {
        MachineId machine = SERVED.machine("paged");
        SERVED.started("/v1/vms/paged/checkpoints", "{\"name\":\"a\"}");
        JsonNode all = SERVED.get("/v1/vms/paged/events").json().path("events");
        assertThat(all).hasSize(3);
        assertThat(all.path(0).path("type").asString()).isEqualTo("machine-registered.v1");
        assertThat(all.path(0).path("version").asLong()).isEqualTo(1);
        assertThat(all.path(0).path("caller").asString()).isEqualTo("admin");
        assertThat(all.path(2).path("data").path("name").asString()).isEqualTo("a");
        assertThat(all.path(2).path("operation").asString()).hasSize(26);
        JsonNode page =
                SERVED.get("/v1/vms/paged/events?after=1&limit=1").json().path("events");
        assertThat(page).hasSize(1);
        assertThat(page.path(0)).isEqualTo(all.path(1));
        assertThat(SERVED.get("/v1/vms/paged/events?after=3").json().path("events"))
                .isEmpty();

        SERVED.delete("/v1/vms/paged");
        assertThat(SERVED.get("/v1/vms/paged").status()).isEqualTo(404);
        assertThat(SERVED.get("/v1/vms/paged/events").status()).isEqualTo(404);
        assertThat(SERVED.get("/v1/vms/" + machine + "/events").json().path("events"))
                .as("a removed machine's history stays readable by its id")
                .hasSize(4);
    }

    @Test
    void all_machines_come_in_one_answer_with_the_members_that_are_wanted() {
        SERVED.machine("line-a");
        SERVED.machine("line-b");
        JsonNode pages = SERVED.get("/v1/vms").json().path("vms");
        List<String> whole = lines("/v1/vms").text().lines().toList();
        assertThat(whole).hasSize(pages.size() + 1).last().isEqualTo("{\"end\":" + pages.size() + "}");
        for (int index = 0; index < pages.size(); index++) {
            assertThat(Json.MAPPER.readTree(whole.get(index))).isEqualTo(pages.get(index));
        }

        String some = lines("/v1/vms?fields=name,qemu.version,labels").text();
        assertThat(some.lines().filter(line -> line.contains("line-a")))
                .singleElement()
                .isEqualTo("{\"name\":\"line-a\",\"qemu\":{\"version\":"
                        + SERVED.get("/v1/vms/line-a").json().path("qemu").path("version") + "},\"labels\":{}}");
        List<String> disks = lines("/v1/vms?fields=disks.name").text().lines().toList();
        for (int index = 0; index < pages.size(); index++) {
            assertThat(Json.MAPPER.readTree(disks.get(index)).path("disks").findValuesAsString("name"))
                    .isNotEmpty()
                    .isEqualTo(pages.get(index).path("disks").findValuesAsString("name"));
        }
        for (String nonsense :
                List.of("", "nobody", "name,", "disks.nobody", "qemu.version.x", "labels.env", "name%20")) {
            Served.Answer refused = lines("/v1/vms?fields=" + nonsense);
            assertThat(refused.status()).as(nonsense).isEqualTo(400);
            assertThat(refused.code()).isEqualTo("INVALID_PARAMETER");
        }
    }

    private static Served.Answer lines(String path) {
        return SERVED.send(SERVED.request(path)
                .header("Accept", "application/x-ndjson, application/json, application/problem+json")
                .GET());
    }

    @Test
    void operations_come_in_the_order_of_the_log() {
        SERVED.machine("ordered");
        SERVED.started("/v1/vms/ordered/checkpoints", "{\"name\":\"a\"}");
        SERVED.started("/v1/vms/ordered/checkpoints", "{\"name\":\"b\"}");
        JsonNode operations = SERVED.get("/v1/vms/ordered/operations").json().path("operations");
        assertThat(operations).hasSize(3);
        assertThat(operations.path(0).path("kind").asString()).isEqualTo("REGISTER");
        assertThat(operations.path(2).path("target").asString())
                .isEqualTo(SERVED.get("/v1/vms/ordered/checkpoints/b")
                        .json()
                        .path("id")
                        .asString());
    }

    @Test
    void a_machine_is_shown_as_it_was_seen_last() {
        MachineId machine = SERVED.machine("shown");
        JsonNode up = SERVED.get("/v1/vms/shown").json();
        assertThat(up.path("state").asString()).isEqualTo("UP");
        assertThat(up.path("qemu").path("version").asString()).isEqualTo("10.2.0");
        assertThat(SERVED.get("/v1/vms/" + machine).json()).isEqualTo(up);
        OperationId operation = SERVED.started("/v1/vms/shown/checkpoints", "{\"name\":\"a\"}");
        assertThat(SERVED.get("/v1/vms/shown").json().path("pending").asString())
                .isEqualTo(operation.value());
        CheckpointId checkpoint = new CheckpointId(
                SERVED.get("/v1/vms/shown/checkpoints/a").json().path("id").asString());
        SERVED.engine.tell(new CheckpointCreated(
                machine,
                operation,
                checkpoint,
                Consistency.CRASH,
                List.of(new TrackedDisk(VDA, 65536, 1_073_741_824L, "/images/a.qcow2", 0)),
                Instant.parse("2026-01-02T03:04:06Z")));
        SERVED.engine.sights.put(
                machine,
                new MachineSight(
                        MachineSight.State.UP,
                        Optional.empty(),
                        Optional.of("running"),
                        Map.of(new MachineSight.DiskBitmap(VDA, BitmapName.of(checkpoint)), 131072L)));
        assertThat(SERVED.get("/v1/vms/shown/checkpoints")
                        .json()
                        .path("checkpoints")
                        .path(0)
                        .path("disks")
                        .path(0)
                        .path("dirtyBytes")
                        .asLong())
                .isEqualTo(131072);
    }

    @Test
    void a_backup_goes_by_any_beginning_that_is_its_own() {
        SERVED.machine("prefixed");
        BackupId backup = SERVED.backup("prefixed");
        SERVED.backup("prefixed");
        assertThat(SERVED.get("/v1/backups/" + backup).json().path("id").asString())
                .isEqualTo(backup.value());
        assertThat(SERVED.get("/v1/backups/" + backup.value().substring(0, 25)).status())
                .isEqualTo(200);
        Served.Answer ambiguous = SERVED.get("/v1/backups/" + backup.value().substring(0, 6));
        assertThat(ambiguous.status()).isEqualTo(400);
        assertThat(ambiguous.code()).isEqualTo("AMBIGUOUS_BACKUP");
        assertThat(SERVED.get("/v1/vms/prefixed/backups?repo=default").json().path("backups"))
                .hasSize(2);
    }

    @Test
    void a_restore_takes_the_newest_completed_backup_or_the_one_at_a_moment() {
        MachineId machine = SERVED.machine("restored");
        assertThat(SERVED.post("/v1/vms/restored/restores", "{\"to\":\"/r\"}").code())
                .isEqualTo("BACKUP_NOT_FOUND");
        BackupId first = completed(machine, Instant.parse("2026-01-02T10:00:00Z"));
        BackupId second = completed(machine, Instant.parse("2026-01-02T11:00:00Z"));
        BackupId running = SERVED.backup("restored");

        assertThat(restored("{\"to\":\"/r\"}").backup()).isEqualTo(second);
        assertThat(restored("{\"to\":\"/r\",\"at\":\"2026-01-02T11:30:00+01:00\"}")
                        .backup())
                .isEqualTo(first);
        assertThat(restored("{\"to\":\"/r\",\"backup\":\"" + first + "\",\"disks\":[\"vda\"]}")
                        .backupDisks())
                .containsExactly(VDA);
        assertThat(SERVED.post("/v1/vms/restored/restores", "{\"to\":\"/r\",\"backup\":\"" + running + "\"}")
                        .code())
                .isEqualTo("BACKUP_NOT_COMPLETED");
        assertThat(SERVED.post("/v1/vms/restored/restores", "{\"to\":\"/r\",\"disks\":[\"vdz\"]}")
                        .code())
                .isEqualTo("BACKUP_NOT_FOUND");
        SERVED.machine("neighbour");
        assertThat(SERVED.post("/v1/vms/neighbour/restores", "{\"to\":\"/r\",\"backup\":\"" + first + "\"}")
                        .code())
                .isEqualTo("BACKUP_NOT_FOUND");
    }

    @Test
    void the_engines_answers_have_the_shapes_of_the_contract() {
        SERVED.machine("shapes");
        JsonNode chain = SERVED.get("/v1/vms/shapes/chain").json();
        assertThat(chain.propertyNames()).containsExactly("vm", "version", "disks", "explanation");
        assertThat(chain.path("disks").path(0).propertyNames())
                .containsExactly("disk", "state", "cause", "bitmaps", "checkpoints");
        assertThat(chain.path("disks").path(0).path("bitmaps").path(0).propertyNames())
                .containsExactly("name", "checkpoint", "recording", "dirtyBytes", "state");
        assertThat(chain.path("disks").path(0).path("checkpoints").path(0).propertyNames())
                .containsExactly("checkpoint", "name", "usable", "cause");
        JsonNode plan = SERVED.get("/v1/vms/shapes/backups/plan?repo=default&disk=vda&disk=vdb&kind=FULL")
                .json();
        assertThat(plan.propertyNames())
                .containsExactly("vm", "repo", "version", "disks", "transaction", "explanation");
        assertThat(plan.path("disks").path(0).propertyNames())
                .containsExactly("disk", "kind", "since", "parent", "cause", "detail");
        JsonNode reconciliation =
                SERVED.post("/v1/vms/shapes/reconciliation?dryRun=true", "{}").json();
        assertThat(reconciliation.propertyNames()).containsExactly("vm", "version", "drift", "converged");
        assertThat(reconciliation.path("drift").path(0).propertyNames())
                .containsExactly("kind", "disk", "bitmap", "detail", "action");
        JsonNode server = SERVED.get("/v1/server").json();
        assertThat(server.propertyNames()).containsExactly("version", "host", "database", "uptimeSeconds");
        assertThat(server.path("database").path("version").asString()).startsWith("17");
        assertThat(SERVED.get("/v1/gateways/host1/desired?wait=0").json().propertyNames())
                .containsExactly("cursor", "changed", "removed", "lookAt");
    }

    @Test
    void without_its_database_the_coordinator_lives_and_says_what_is_wrong() {
        Served served = new Served();
        served.database.close();
        try {
            assertThat(served.get("/health/live").status()).isEqualTo(200);
            for (String path : List.of("/health/ready", "/v1/vms", "/v1/vms/web", "/v1/server")) {
                Served.Answer answer = served.get(path);
                assertThat(answer.status()).as(path).isEqualTo(503);
                assertThat(answer.code()).isEqualTo("STORAGE_UNAVAILABLE");
                assertThat(answer.text()).doesNotContain("Hikari", "SQL");
            }
        } finally {
            served.close();
        }
    }

    private static RestoreBackup restored(String body) {
        assertThat(SERVED.post("/v1/vms/restored/restores", body).status()).isEqualTo(202);
        return (RestoreBackup) SERVED.engine.submitted.getLast();
    }

    private static BackupId completed(MachineId machine, Instant moment) {
        BackupId backup = SERVED.backup(
                SERVED.get("/v1/vms/" + machine).json().path("name").asString());
        OperationId operation = new OperationId(
                SERVED.get("/v1/backups/" + backup).json().path("operation").asString());
        SERVED.engine.tell(new BackupStarted(machine, operation, backup, moment));
        CompletedDisk disk = new CompletedDisk(
                VDA,
                BackupKind.FULL,
                Optional.empty(),
                Optional.empty(),
                1,
                machine + "/" + backup + "/vda.qcow2",
                1,
                "0".repeat(64),
                1);
        SERVED.engine.tell(new BackupCompleted(
                machine, operation, backup, REPOSITORY, Optional.empty(), List.of(disk), moment.plusSeconds(60)));
        return backup;
    }
}
