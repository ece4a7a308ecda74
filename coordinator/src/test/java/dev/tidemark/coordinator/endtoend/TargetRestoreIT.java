package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.LoopDevice;
import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Disks written back to what is no file: over what was there, byte for byte, or with a failure that has a name. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class TargetRestoreIT {
    private static final int SIZE = Machine.DISK_BYTES;
    private static final int ROOM = 1 << 20;

    private final Machine machine = new Machine(2);
    private final Site site;
    private final Api api;
    private final Client client;

    TargetRestoreIT(Site site) throws IOException {
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

    private static Map<String, Object> to(String... disksAndAddresses) {
        List<Map<String, String>> targets = new ArrayList<>();
        for (int index = 0; index < disksAndAddresses.length; index += 2) {
            Map<String, String> target = new LinkedHashMap<>();
            target.put("disk", disksAndAddresses[index]);
            target.put("address", disksAndAddresses[index + 1]);
            targets.add(target);
        }
        return Map.of("targets", targets);
    }

    private JsonNode restore(Map<String, Object> body) {
        return api.start(client.path("/restores"), body);
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

    @Test
    void every_point_goes_over_all_that_was_there_and_not_a_byte_behind_it() {
        // given
        machine.write("d0", 0, 1 << 20);
        machine.write("d1", SIZE - 512, 512);
        Made full = client.backUp();
        machine.write("d0", 900_000, 500_000);
        Made top = client.backUp();
        machine.write("d0", 0, SIZE);
        try (NbdTarget larger = NbdTarget.of(site.targets(), SIZE + ROOM);
                NbdTarget exact = NbdTarget.of(site.targets(), SIZE)) {
            // when
            JsonNode done = api.done(restore(to("d0", larger.address(), "d1", exact.address())));
            // then
            assertHolds(larger.content(), truth(top, "d0"));
            assertHolds(exact.content(), truth(top, "d1"));
            JsonNode first = done.path("result").path("disks").path(0);
            assertThat(first.path("file").asString("")).isEqualTo(larger.address());
            assertThat(first.path("format").asString("")).isEqualTo("RAW");
            // and an older one over the newer one
            Map<String, Object> older = new LinkedHashMap<>(to("d0", larger.address()));
            older.put("backup", full.id());
            api.done(restore(older));
            assertHolds(larger.content(), truth(full, "d0"));
            assertThat(larger.content()).isNotEqualTo(truth(top, "d0"));
        }
    }

    @Test
    void what_cannot_take_a_disk_says_why_and_stays_as_it_was() throws IOException {
        machine.write("d0", 0, 1 << 20);
        client.backUp();
        try (NbdTarget small = NbdTarget.of(site.targets(), SIZE - 512);
                NbdTarget readOnly = NbdTarget.of(site.targets(), SIZE, "-r");
                NbdTarget sound = NbdTarget.of(site.targets(), SIZE)) {
            JsonNode tooSmall = api.failed(restore(to("d0", small.address())), "TARGET_TOO_SMALL");
            assertThat(tooSmall.path("error").asString("")).contains("" + (SIZE - 512), "" + SIZE);
            api.failed(restore(to("d0", readOnly.address())), "TARGET_READ_ONLY");
            // the first would do, and nothing is begun before all were seen to
            api.failed(restore(to("d1", sound.address(), "d0", small.address())), "TARGET_TOO_SMALL");
            for (NbdTarget untouched : List.of(small, readOnly, sound)) {
                assertHolds(untouched.content(), new byte[0]);
            }
            // out of what is allowed, straight and by a link
            JsonNode refused =
                    api.failed(restore(to("d0", "nbd+unix:///disk?socket=/run/elsewhere")), "TARGET_REFUSED");
            assertThat(refused.path("error").asString("")).contains("--allow-target", "/run/elsewhere");
            Path link = site.targets().resolve("link-" + client.vm());
            Path outside = Files.createFile(machine.file("outside"));
            Files.createSymbolicLink(link, outside);
            JsonNode led = api.failed(restore(to("d0", "nbd+unix:///disk?socket=" + link)), "TARGET_REFUSED");
            assertThat(led.path("error").asString("")).contains("leads to " + outside);
            api.failed(restore(to("d0", "nbd://127.0.0.1:1/disk")), "TARGET_REFUSED");
            api.failed(restore(to("d0", "/etc/hostname")), "TARGET_REFUSED");
            api.failed(restore(to("d0", "/dev/null")), "TARGET_REFUSED");
            api.failed(restore(to("d0", "/dev/no-such-device")), "TARGET_UNAVAILABLE");
            // and what is refused before it is begun
            for (String bad :
                    List.of("json:{}", "/dev/../etc/x", "nbds://h:1/x", "/dev/a,b", "/dev/%2e%2e/x", "file:/x")) {
                Api.Answer answer = api.post(client.path("/restores"), to("d0", bad));
                assertThat(answer.status()).as("%s: %s", bad, answer.body()).isEqualTo(400);
            }
            assertThat(api.post(client.path("/restores"), to("d0", sound.address(), "d1", sound.address()))
                            .text("code"))
                    .isEqualTo("TARGET_NAMED_TWICE");
            assertThat(api.post(client.path("/restores"), to("d7", sound.address()))
                            .text("code"))
                    .isIn("UNKNOWN_DISK", "BACKUP_NOT_FOUND");
            Map<String, Object> both = new LinkedHashMap<>(to("d0", sound.address()));
            both.put("to", "/restore");
            assertThat(api.post(client.path("/restores"), both).status()).isEqualTo(400);
            sound.stop();
            JsonNode gone = api.failed(restore(to("d0", sound.address())), "TARGET_UNAVAILABLE");
            assertThat(gone.path("error").asString("")).contains(sound.socket().toString());
        }
    }

    @Test
    void a_target_that_fails_forgets_or_is_aborted_is_never_called_restored() {
        machine.write("d0", 0, SIZE);
        client.backUp();
        try (NbdTarget forgetful = NbdTarget.forgetful(site.targets(), SIZE);
                NbdTarget dying = NbdTarget.slow(site.targets(), SIZE, 1 << 20);
                NbdTarget slow = NbdTarget.slow(site.targets(), SIZE, 1 << 20)) {
            JsonNode forgotten = api.failed(restore(to("d0", forgetful.address())), "TARGET_DIFFERS");
            assertThat(forgotten.path("error").asString("")).contains("mismatch at offset 0");
            // aborted in the midst, and the target is free again at once
            JsonNode aborted = restore(to("d0", slow.address()));
            awaitWritten(slow);
            // meanwhile nobody else gets it
            assertThat(api.post(client.path("/restores"), to("d0", slow.address()))
                            .text("code"))
                    .isEqualTo("OTHER_OPERATION");
            try (Machine another = new Machine(1)) {
                another.write("d0", 0, 65_536);
                Client second = Client.of(site, another);
                second.backUp();
                api.failed(api.start(second.path("/restores"), to("d0", slow.address())), "TARGET_IN_USE");
            }
            api.done(api.start("/v1/operations/" + aborted.path("id").asString("") + "/abort", Map.of()));
            JsonNode ended = api.failed(aborted, "ABORTED");
            assertThat(ended.path("error").asString("")).contains("what its targets hold now is not the disk");
            // its server dies
            JsonNode cut = restore(to("d0", dying.address()));
            awaitWritten(dying);
            dying.stop();
            api.failed(cut, "TARGET_UNAVAILABLE");
        }
    }

    private static void awaitWritten(NbdTarget target) {
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> target.content()[0] != NbdTarget.FORMER);
    }

    @Test
    void a_block_device_is_written_and_one_that_somebody_uses_is_not() throws Exception {
        machine.write("d0", 0, 1 << 20);
        machine.write("d0", SIZE - 4_096, 4_096);
        Made made = client.backUp();
        Path medium = machine.file("medium");
        byte[] former = new byte[SIZE + ROOM];
        Arrays.fill(former, NbdTarget.FORMER);
        Files.write(medium, former);
        try (LoopDevice device = LoopDevice.of(medium)) {
            api.done(restore(to("d0", device.path())));
            RequiredProgram.BLOCKDEV.run("--flushbufs", device.path());
            assertHolds(Machine.bytes(medium), truth(made, "d0"));
            // when another process has it open for writing
            Process user = new ProcessBuilder(
                            RequiredProgram.QEMU_IO.path(), "-f", "raw", "-c", "sleep 60000", device.path())
                    .start();
            try {
                Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> holds(user, device.path()));
                JsonNode used = api.failed(restore(to("d0", device.path())), "TARGET_IN_USE");
                assertThat(used.path("error").asString("")).contains("process " + user.pid());
            } finally {
                user.destroyForcibly().waitFor();
            }
            RequiredProgram.BLOCKDEV.run("--setro", device.path());
            api.failed(restore(to("d0", device.path())), "TARGET_READ_ONLY");
            RequiredProgram.BLOCKDEV.run("--setrw", device.path());
            machine.write("d0", 0, SIZE);
            Made next = client.backUp();
            api.done(restore(to("d0", device.path())));
            RequiredProgram.BLOCKDEV.run("--flushbufs", device.path());
            assertHolds(Machine.bytes(medium), truth(next, "d0"));
        }
    }

    private static boolean holds(Process process, String file) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).toString().equals(file)) {
                    return true;
                }
            }
        } catch (NoSuchFileException closedMeanwhile) {
            return false;
        }
        return false;
    }
}
