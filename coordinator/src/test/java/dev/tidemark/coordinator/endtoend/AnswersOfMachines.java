package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.StorageDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Brings about every refusal that depends on a machine and on what was done to it before: with a real one, and with what was really done. */
final class AnswersOfMachines {
    /** So that a backup is still at work when something else is asked for. */
    private static final long SLOW = 1 << 18;

    private final Site site;
    private final Api api;

    AnswersOfMachines(Site site) {
        this.site = site;
        this.api = site.api();
    }

    void bringAbout() throws IOException {
        Files.createDirectories(site.repository("second"));
        aMachineWithoutDisks();
        aMachineThatWasNeverSeen();
        aDiskThatKeepsNoBitmap();
        aPulledBackup();
        try (Machine machine = new Machine(2)) {
            Client client = registered(machine);
            checkpoints(client);
            Made full = client.backUp(Map.of("checkpoint", "evening"));
            machine.writeGranule("d0", 3);
            Made increment = client.backUp();
            storedBackups(client, full, increment);
            aBackupAtWork(client);
            targets(client, machine);
            aDamagedFile(client, full, increment);
        }
    }

    private Client registered(Bystander machine) {
        Client client = new Client(api, machine, site.fresh("restores"));
        client.register();
        return client;
    }

    private void aMachineWithoutDisks() {
        try (StorageDaemon empty = StorageDaemon.start(List.of(), List.of())) {
            String vm = Site.freshName();
            api.done(api.start(
                    "/v1/vms", Map.of("name", vm, "qmp", empty.socket().toString())));
            refused("NOTHING_TO_DO", "POST", "/v1/vms/" + vm + "/checkpoints", Map.of());
        }
    }

    private void aMachineThatWasNeverSeen() {
        String vm = Site.freshName();
        api.failed(api.start("/v1/vms", Map.of("name", vm, "qmp", "/nowhere/qmp.sock")), "MACHINE_UNAVAILABLE");
        refused("MACHINE_UNAVAILABLE", "POST", "/v1/vms/" + vm + "/checkpoints", Map.of());
        refused("NAME_TAKEN", "POST", "/v1/vms", Map.of("name", vm, "qmp", "/nowhere/other.sock"));
    }

    private void aDiskThatKeepsNoBitmap() {
        try (Machine machine = Machine.withRawDisk()) {
            Client client = registered(machine);
            refused("NO_BITMAP_SUPPORT", "POST", client.path("/checkpoints"), Map.of("disks", List.of("raw")));
        }
    }

    private void checkpoints(Client client) {
        String checkpoints = client.path("/checkpoints");
        client.checkpoint("monday");
        refused("NAME_TAKEN", "POST", checkpoints, Map.of("name", "monday"));
        refused("UNKNOWN_DISK", "POST", checkpoints, Map.of("disks", List.of("d9")));
        refused("NO_GUEST_AGENT", "POST", checkpoints, Map.of("quiesce", true));
        refused("HAS_CHECKPOINTS", "DELETE", client.path(""), null);
        String backups = client.path("/backups");
        refused("FULL_REQUIRED", "POST", backups, Map.of("repo", "default", "kind", "SINCE", "since", "monday"));
        refused(
                "NO_BACKUP_AT_CHECKPOINT",
                "POST",
                backups,
                Map.of("repo", "default", "kind", "DIFFERENTIAL", "since", "monday"));
        refused("UNSUPPORTED", "POST", backups, Map.of("repo", "default", "mode", "PULL", "compress", true));
        JsonNode tuesday = client.checkpoint("tuesday");
        client.delete("tuesday");
        refused(
                "UNKNOWN_CHECKPOINT",
                "DELETE",
                client.path("/checkpoints/" + tuesday.path("id").asString("")),
                null);
    }

    private void storedBackups(Client client, Made full, Made increment) {
        String one = "/v1/backups/" + full.id();
        String other = "/v1/backups/" + increment.id();
        refused("BACKUP_NEEDED", "DELETE", one, null);
        refused("NOTHING_TO_MERGE", "POST", one + "/merge", Map.of());
        refused("NOT_RUNNING", "POST", one + "/abort", Map.of());
        refused("NOT_READY", "POST", one + "/finish", Map.of());
        refused("NOT_UNDER_WAY", "POST", "/v1/operations/" + client.operations().getFirst() + "/abort", Map.of());
        refused("NOT_PROTECTED", "POST", other + "/unprotect", Map.of());
        api.done(api.start(other + "/protect", Map.of()));
        refused("BACKUP_PROTECTED", "DELETE", other, null);
        api.done(api.start(other + "/protect", Map.of("hold", "case 4711")));
        refused("LEGAL_HOLD", "DELETE", other, null);
        api.done(api.start(other + "/unprotect", Map.of("releaseHold", true)));
        api.done(api.start(other + "/unprotect", Map.of()));
        refused("NO_RETENTION", "DELETE", client.path("/retention/default"), null);
        api.done(api.start(client.path("/retention/default"), Map.of("last", 5)));
        refused("RETENTION_KEEPS", "DELETE", other + "?policy=true", null);
        JsonNode export = api.done(api.start(other + "/exports", Map.of()));
        String end = "/v1/exports/" + export.path("id").asString("") + "/end";
        api.done(api.start(end, Map.of()));
        refused("NOT_EXPORTED", "POST", end, Map.of());
    }

    private void aBackupAtWork(Client client) {
        JsonNode slow = client.startBackup(Map.of("kind", "COPY", "bytesPerSecondMax", SLOW));
        api.awaitState(slow, "RUNNING");
        String backup = "/v1/backups/" + slow.path("target").asString("");
        refused("BACKUP_NOT_COMPLETED", "POST", backup + "/verify", Map.of());
        refused("OTHER_OPERATION", "POST", client.path("/checkpoints"), Map.of());
        api.done(api.start(backup + "/abort", Map.of()));
        api.ended(slow);
    }

    /** Of a machine that serves nothing by itself. */
    private void aPulledBackup() {
        try (FuseMachine machine = new FuseMachine()) {
            Client client = registered(machine);
            JsonNode ready = api.done(client.startBackup(Map.of("mode", "PULL", "noCheckpoint", true)));
            String backup = "/v1/backups/" + ready.path("target").asString("");
            api.done(api.start(backup + "/finish", Map.of()));
            refused("BACKUP_NOT_STORED", "POST", backup + "/verify", Map.of());
        }
    }

    private void targets(Client client, Machine machine) {
        String backups = client.path("/backups");
        try (NbdTarget target = NbdTarget.of(site.targets(), Machine.DISK_BYTES);
                NbdTarget second = NbdTarget.of(site.targets(), Machine.DISK_BYTES)) {
            Made copy = client.backUp(copyTo(target.address(), second.address()));
            client.forget(copy);
            refused("TARGET_CLAIMED", "POST", backups, copyTo(target.address(), "/dev/none"));
            refused(
                    "DISK_NAMED_TWICE",
                    "POST",
                    backups,
                    Map.of(
                            "repo",
                            "default",
                            "kind",
                            "COPY",
                            "targets",
                            List.of(
                                    Map.of("disk", "d0", "address", "/dev/none"),
                                    Map.of("disk", "d0", "address", "/dev/other"))));
            refused("TARGET_NAMED_TWICE", "POST", backups, copyTo("/dev/none", "/dev/none"));
            refused(
                    "TARGET_IS_DISK",
                    "POST",
                    backups,
                    copyTo(machine.image("d1").toString(), "/dev/none"));
            refused("BACKUP_ELSEWHERE", "POST", "/v1/backups/" + copy.id() + "/exports", Map.of());
        }
    }

    private static Map<String, Object> copyTo(String first, String second) {
        return new HashMap<>(Map.of(
                "repo",
                "default",
                "kind",
                "COPY",
                "targets",
                List.of(Map.of("disk", "d0", "address", first), Map.of("disk", "d1", "address", second))));
    }

    private void aDamagedFile(Client client, Made full, Made increment) throws IOException {
        Path file =
                site.repository("default").resolve(full.disk("d0").path("file").asString(""));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        api.failed(api.start("/v1/backups/" + full.id() + "/verify", Map.of()), "BACKUP_DAMAGED");
        refused("BACKUP_DAMAGED", "POST", "/v1/backups/" + increment.id() + "/merge", Map.of());
        client.forget(full);
        client.forget(increment);
    }

    private void refused(String code, String method, String path, @Nullable Map<String, ?> body) {
        Api.Answer answer = body == null ? api.send(method, path, null) : api.post(path, body);
        assertThat(answer.text("code"))
                .as("%s %s: %s", method, path, answer.body())
                .isEqualTo(code);
        assertThat(method).isIn("POST", "DELETE");
    }
}
