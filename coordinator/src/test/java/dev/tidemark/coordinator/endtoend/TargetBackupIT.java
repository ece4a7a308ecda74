package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.LoopDevice;
import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Copies that go to what is no file: what lies there, what still knows of it, and what leaves it alone. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class TargetBackupIT {
    private static final int SIZE = Machine.DISK_BYTES;
    private static final int ROOM = 1 << 20;

    /** So that it is still at work when something else happens. */
    private static final long SLOW = 1 << 20;

    private final Machine machine = new Machine(2);
    private final Site site;
    private final Api api;
    private final Client client;

    TargetBackupIT(Site site) throws IOException {
        this.site = site;
        // While a repository is away, nothing is written to a target; others of this process take this one away.
        Files.createDirectories(site.repository("second"));
        api = site.api();
        client = Client.of(site, machine);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private static Map<String, Object> copyTo(String... disksAndAddresses) {
        List<Map<String, String>> targets = new ArrayList<>();
        for (int index = 0; index < disksAndAddresses.length; index += 2) {
            targets.add(Map.of("disk", disksAndAddresses[index], "address", disksAndAddresses[index + 1]));
        }
        return new LinkedHashMap<>(Map.of("kind", "COPY", "targets", targets));
    }

    private static Map<String, Object> slowly(Map<String, Object> body) {
        body.put("bytesPerSecondMax", SLOW);
        return body;
    }

    private static byte[] truth(Made made, String disk) {
        return Objects.requireNonNull(made.truth().get(disk));
    }

    private static void assertHolds(byte[] target, byte[] disk) {
        assertThat(Arrays.mismatch(Arrays.copyOf(target, disk.length), disk)).isEqualTo(-1);
        for (int index = disk.length; index < target.length; index++) {
            assertThat(target[index]).as("behind the disk's end").isEqualTo(NbdTarget.FORMER);
        }
    }

    private JsonNode verified(Made made) {
        return api.start("/v1/backups/" + made.id() + "/verify", Map.of());
    }

    private String refused(String path, Map<String, ?> body) {
        return api.post(path, body).text("code");
    }

    @Test
    void a_copy_lies_there_as_the_disk_was_and_all_that_is_done_to_backups_knows_it() throws IOException {
        // given a chain
        machine.write("d0", 0, 1 << 20);
        machine.write("d1", SIZE - 512, 512);
        Made file = client.backUp();
        machine.writeGranule("d0", 20);
        try (NbdTarget larger = NbdTarget.of(site.targets(), SIZE + ROOM);
                NbdTarget exact = NbdTarget.of(site.targets(), SIZE);
                NbdTarget third = NbdTarget.of(site.targets(), SIZE)) {
            // when the guest goes on writing
            Map<String, byte[]> moment = machine.contents();
            JsonNode started = client.startBackup(slowly(copyTo("d0", larger.address(), "d1", exact.address())));
            api.awaitState(started, "RUNNING");
            machine.write("d0", 0, SIZE);
            machine.write("d1", 0, 300_000);
            Made copy = client.completed(started, moment);
            client.forget(copy);
            // then
            assertHolds(larger.content(), truth(copy, "d0"));
            assertHolds(exact.content(), truth(copy, "d1"));
            assertThat(copy.kind("d0")).isEqualTo("FULL REQUESTED");
            assertThat(copy.disk("d0").path("file").asString("")).isEqualTo(larger.address());
            client.assertClean(site.repository("default"));
            Path manifest = own().resolve(copy.id()).resolve("manifest.json");
            assertThat(Files.readString(manifest)).contains(larger.address(), "\"formatVersion\" : 4");
            api.done(verified(copy));
            // what works on files says where it lies instead
            String one = "/v1/backups/" + copy.id();
            assertThat(refused(client.path("/restores"), Map.of("backup", copy.id(), "to", "/x")))
                    .isEqualTo("BACKUP_ELSEWHERE");
            assertThat(refused(one + "/exports", Map.of())).isEqualTo("BACKUP_ELSEWHERE");
            assertThat(refused(one + "/verify", Map.of("deep", true))).isEqualTo("BACKUP_ELSEWHERE");
            assertThat(refused(one + "/merge", Map.of())).isEqualTo("NOTHING_TO_MERGE");
            // the newest that can be restored is another one
            assertThat(client.restore(Map.of()).get("d0")).isEqualTo(truth(file, "d0"));
            // nothing else is written there
            assertThat(refused(client.path("/backups"), to("default", copyTo("d0", larger.address()))))
                    .isEqualTo("TARGET_CLAIMED");
            assertThat(refused(client.path("/restores"), targets("d0", larger.address())))
                    .isEqualTo("TARGET_CLAIMED");
            Path alias = site.targets().resolve("alias-" + client.vm());
            Files.createSymbolicLink(alias, larger.socket());
            String otherName = "nbd+unix:///disk?socket=" + alias;
            api.failed(client.startBackup(copyTo("d0", otherName)), "TARGET_CLAIMED");
            api.failed(api.start(client.path("/restores"), targets("d0", otherName)), "TARGET_CLAIMED");
            assertHolds(larger.content(), truth(copy, "d0"));
            // and no retention counts it
            api.done(api.start(client.path("/retention/default"), Map.of("last", 1)));
            String plan = api.get(client.path("/retention/default/plan")).toString();
            assertThat(plan).contains(file.id()).doesNotContain(copy.id());
            // when one byte of it is another
            byte[] changed = larger.content();
            changed[SIZE - 1] ^= 1;
            Files.write(larger.file(), changed);
            api.failed(verified(copy), "BACKUP_DAMAGED");
            assertThat(api.get(one).toString())
                    .contains(larger.address() + ": what lies there is not the backup any more");
            // then the chain is none the worse
            Made next = client.backUp();
            assertThat(next.kind("d0")).isEqualTo("INCREMENTAL");
            // when it is deleted
            byte[] before = larger.content();
            api.done(api.delete(one));
            assertThat(larger.content()).isEqualTo(before);
            assertThat(client.events("backup-deleted").getLast().path("data").path("leftAlone"))
                    .hasSize(2);
            assertThat(own().resolve(copy.id())).doesNotExist();
            Made again = client.backUp(copyTo("d0", otherName));
            client.forget(again);
            assertHolds(larger.content(), truth(again, "d0"));
            // a server that is down is no damage
            Made alone = client.backUp(copyTo("d0", third.address()));
            client.forget(alone);
            third.stop();
            api.failed(verified(alone), "TARGET_UNAVAILABLE");
            assertThat(api.get("/v1/backups/" + alone.id()).path("state").asString(""))
                    .isEqualTo("COMPLETED");
        }
        client.assertEveryBackupRestoresIdentically();
    }

    private static Map<String, Object> to(String repository, Map<String, Object> body) {
        body.put("repo", repository);
        return body;
    }

    private static Map<String, Object> targets(String disk, String address) {
        return Map.of("targets", List.of(Map.of("disk", disk, "address", address)));
    }

    private Path own() {
        return site.repository("default")
                .resolve(api.get(client.path("")).path("id").asString(""));
    }

    @Test
    void what_cannot_be_is_refused_by_name_and_leaves_the_target_as_it_was() {
        machine.write("d0", 0, SIZE);
        try (NbdTarget small = NbdTarget.of(site.targets(), SIZE - 512);
                NbdTarget readOnly = NbdTarget.of(site.targets(), SIZE, "-r");
                NbdTarget sound = NbdTarget.of(site.targets(), SIZE)) {
            Map<String, Object> full = to("default", copyTo("d0", sound.address()));
            full.put("kind", "FULL");
            assertThat(api.post(client.path("/backups"), full).status()).isEqualTo(400);
            Map<String, Object> compressed = to("default", copyTo("d0", sound.address()));
            compressed.put("compress", true);
            assertThat(refused(client.path("/backups"), compressed)).isEqualTo("UNSUPPORTED");
            Map<String, Object> half = to("default", copyTo("d0", sound.address()));
            half.put("disks", List.of("d0", "d1"));
            assertThat(refused(client.path("/backups"), half)).isEqualTo("UNSUPPORTED");
            assertThat(refused(client.path("/backups"), to("default", copyTo("d7", sound.address()))))
                    .isEqualTo("UNKNOWN_DISK");
            assertThat(refused(
                            client.path("/backups"),
                            to("default", copyTo("d0", sound.address(), "d1", sound.address()))))
                    .isEqualTo("TARGET_NAMED_TWICE");
            api.failed(client.startBackup(copyTo("d0", small.address())), "TARGET_TOO_SMALL");
            api.failed(client.startBackup(copyTo("d0", readOnly.address())), "TARGET_READ_ONLY");
            api.failed(client.startBackup(copyTo("d0", "nbd+unix:///disk?socket=/run/x")), "TARGET_REFUSED");
            api.failed(client.startBackup(copyTo("d0", "nbd://127.0.0.1:9/disk")), "TARGET_REFUSED");
            for (NbdTarget untouched : List.of(small, readOnly, sound)) {
                assertHolds(untouched.content(), new byte[0]);
            }
            // while one machine copies to it, another does not, and neither does one of its own restores
            JsonNode running = client.startBackup(slowly(copyTo("d0", sound.address())));
            api.awaitState(running, "RUNNING");
            try (Machine another = new Machine(1)) {
                Client second = Client.of(site, another);
                api.failed(second.startBackup(copyTo("d0", sound.address())), "TARGET_IN_USE");
                second.assertClean(site.repository("default"));
            }
            api.done(api.start("/v1/backups/" + running.path("target").asString("") + "/abort", Map.of()));
            api.failed(running, "ABORTED");
            client.assertClean(site.repository("default"));
            // and nobody claims it after that
            Made whole = client.backUp(copyTo("d0", sound.address()));
            client.forget(whole);
            assertHolds(sound.content(), truth(whole, "d0"));
            // now another machine does not overwrite it
            try (Machine another = new Machine(1)) {
                Client second = Client.of(site, another);
                api.failed(second.startBackup(copyTo("d0", sound.address())), "TARGET_CLAIMED");
                second.assertClean(site.repository("default"));
            }
            assertHolds(sound.content(), truth(whole, "d0"));
        }
    }

    @Test
    void a_gateway_that_comes_back_goes_on_and_a_server_that_dies_is_a_failure() {
        machine.write("d0", 0, SIZE);
        try (NbdTarget target = NbdTarget.of(site.targets(), SIZE);
                NbdTarget dying = NbdTarget.of(site.targets(), SIZE)) {
            Map<String, byte[]> moment = machine.contents();
            JsonNode running = client.startBackup(slowly(copyTo("d0", target.address())));
            api.awaitState(running, "RUNNING");
            site.restart();
            machine.write("d0", 0, SIZE);
            Made made = client.completed(running, moment);
            client.forget(made);
            assertHolds(target.content(), truth(made, "d0"));
            JsonNode cut = client.startBackup(slowly(copyTo("d0", dying.address())));
            api.awaitState(cut, "RUNNING");
            dying.stop();
            api.failed(cut, "JOB_FAILED");
            client.assertClean(site.repository("default"));
            assertThat(client.events("backup-completed")).hasSize(1);
        }
    }

    @Test
    void a_block_device_takes_a_copy() throws IOException {
        machine.write("d0", 0, 1 << 20);
        machine.write("d0", SIZE - 4_096, 4_096);
        Path medium = machine.file("medium");
        byte[] former = new byte[SIZE + ROOM];
        Arrays.fill(former, NbdTarget.FORMER);
        Files.write(medium, former);
        Made made;
        try (LoopDevice device = LoopDevice.of(medium)) {
            Made deleted = client.backUp(copyTo("d0", device.path()));
            client.forget(deleted);
            api.done(api.delete("/v1/backups/" + deleted.id()));
            made = client.backUp(copyTo("d0", device.path()));
            client.forget(made);
            RequiredProgram.BLOCKDEV.run("--flushbufs", device.path());
            assertHolds(Machine.bytes(medium), truth(made, "d0"));
            api.done(verified(made));
            RequiredProgram.QEMU_IO.run("-f", "raw", "-c", "write -P 7 2M 512", device.path());
            api.failed(verified(made), "BACKUP_DAMAGED");
            String damage = "what lies there is not the backup any more";
            assertThat(api.get("/v1/backups/" + made.id()).toString()).contains(damage);
            assertThat(api.get("/v1/backups/" + deleted.id()).toString())
                    .contains("\"DELETED\"")
                    .doesNotContain(damage);
        }
        // a device that nothing is attached to is no damage
        api.failed(verified(made), "TARGET_UNAVAILABLE");
        // The next test gets the same device.
        api.done(api.delete("/v1/backups/" + made.id()));
    }
}
