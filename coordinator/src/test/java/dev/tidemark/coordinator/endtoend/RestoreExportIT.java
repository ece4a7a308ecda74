package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Restore points that a client reads, and writes, where they lie; and every way in which that ends. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class RestoreExportIT {
    /** No multiple of a cluster. */
    private static final long ODD_BYTES = Machine.DISK_BYTES + 512 * 77;

    private final Machine machine = new Machine(1);
    private final Site site;
    private final Api api;
    private final Client client;
    private final Puller reader;
    private final Exports exports;

    RestoreExportIT(Site site) {
        this.site = site;
        api = site.api();
        client = Client.of(site, machine);
        reader = new Puller(api, machine.file("."));
        exports = new Exports(api, site.home());
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void every_point_of_a_chain_is_read_as_it_was_also_those_from_before_the_disk_was_resized() throws IOException {
        // given
        machine.resize("d0", ODD_BYTES);
        for (int round = 0; round < 4; round++) {
            machine.write("d0", 200_000L * round, 300_000);
            machine.write("d0", ODD_BYTES - 512, 512);
            client.backUp();
        }
        machine.resize("d0", ODD_BYTES + 512 * 1_001);
        machine.write("d0", ODD_BYTES, 512 * 7);
        client.backUp();
        machine.writeGranule("d0", 5);
        client.backUp();
        assertThat(client.made().stream().map(made -> made.kind("d0").split(" ", -1)[0]))
                .containsExactly("FULL", "INCREMENTAL", "INCREMENTAL", "INCREMENTAL", "FULL", "INCREMENTAL");
        // when all are served at once, while another backup is taken on top
        List<JsonNode> served = new ArrayList<>();
        List<Long> milliseconds = new ArrayList<>();
        for (Made made : client.made()) {
            long begun = System.nanoTime();
            served.add(exports.opened(made.id(), Map.of()));
            milliseconds.add((System.nanoTime() - begun) / 1_000_000);
        }
        System.out.println("exports READY after ms: " + milliseconds);
        machine.writeGranule("d0", 9);
        client.backUp();
        // then
        for (int index = 0; index < served.size(); index++) {
            JsonNode export = served.get(index);
            Made made = client.made().get(index);
            byte[] truth = truth(made);
            assertThat(reader.copied(export).get("d0")).isEqualTo(truth);
            assertThat(reader.converted(export).get("d0")).isEqualTo(truth);
            assertThat(RequiredProgram.NBDINFO
                            .run("--size", Exports.uri(export))
                            .strip())
                    .isEqualTo(Integer.toString(truth.length));
            assertThat(export.path("disks").path(0).path("virtualSize").asLong())
                    .isEqualTo(truth.length);
            assertThat(truth.length).isEqualTo(index < 4 ? (int) ODD_BYTES : (int) ODD_BYTES + 512 * 1_001);
        }
        // and each is its own point: a reader that was given another would have been found out
        assertThat(Arrays.equals(
                        reader.copied(served.get(0)).get("d0"),
                        truth(client.made().get(1))))
                .isFalse();
        Path socket = Exports.socket(served.getFirst());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(Exports.uri(served.getFirst())).matches("nbd\\+unix:///[0-9a-f]{40}-d0\\?socket=/.*");
        assertThatThrownBy(() -> RequiredProgram.QEMU_IO.run(
                        "-f", "raw", "-c", "write -P 9 0 4k", Exports.uri(served.getFirst())))
                .hasMessageContaining("Permission denied");
        assertThat(api.get(client.path("/exports")).path("exports")).hasSize(6);
        served.forEach(export -> {
            assertThat(exports.lookingIn(export).left(Exports.id(export))).isNotEmpty();
            exports.end(export);
        });
        assertThat(api.get(client.path("/exports")).path("exports")).isEmpty();
        assertThat(api.get(client.path("/exports?ended=true")).path("exports")).hasSize(6);
        client.assertEveryBackupRestoresIdentically();
    }

    @Test
    void what_clients_write_is_theirs_alone_and_goes_with_the_export() {
        // given
        machine.write("d0", 0, 1 << 20);
        client.backUp();
        machine.write("d0", 65_536, 70_000);
        Made made = client.backUp();
        Map<String, String> before = Exports.digests(own());
        JsonNode written = exports.opened(made.id(), Map.of("writable", true, "disks", List.of("d0")));
        JsonNode other = exports.opened(made.id(), Map.of());
        exports.lookingIn(written);
        // when
        RequiredProgram.QEMU_IO.run(
                "-f", "raw", "-c", "write -P 0x5a 4k 200k", "-c", "flush", "-c", "read -P 0x5a 4k 200k", uri(written));
        // then another client finds them, and nobody else
        byte[] expected = truth(made).clone();
        Arrays.fill(expected, 4_096, 4_096 + 200 * 1_024, (byte) 0x5a);
        assertThat(reader.copied(written).get("d0")).isEqualTo(expected);
        assertThat(reader.copied(other).get("d0")).isEqualTo(truth(made));
        assertThat(Exports.digests(own())).isEqualTo(before);
        // and over a restart both are served from the same places, with what was written
        site.restart();
        exports.awaitReadable(written);
        exports.awaitReadable(other);
        assertThat(Exports.uri(exports.now(written))).isEqualTo(uri(written));
        assertThat(reader.copied(written).get("d0")).isEqualTo(expected);
        assertThat(reader.copied(other).get("d0")).isEqualTo(truth(made));
        assertThat(client.events("restore-export-opened")).hasSize(2);
        exports.end(written);
        exports.end(other);
        assertThat(Exports.digests(own())).isEqualTo(before);
        JsonNode fresh = exports.opened(made.id(), Map.of("writable", true));
        assertThat(reader.copied(fresh).get("d0")).isEqualTo(truth(made));
        exports.end(fresh);
    }

    @Test
    void a_backup_that_is_served_is_neither_deleted_nor_merged_and_one_that_is_damaged_not_served() throws IOException {
        // given
        machine.write("d0", 0, 1 << 20);
        Made below = client.backUp();
        machine.writeGranule("d0", 3);
        Made top = client.backUp();
        JsonNode export = exports.opened(top.id(), Map.of());
        exports.lookingIn(export);
        // when, then
        for (Api.Answer refused : List.of(
                api.send("DELETE", "/v1/backups/" + top.id(), null),
                api.post("/v1/backups/" + top.id() + "/merge", Map.of("full", true)))) {
            assertThat(refused.status()).as("%s", refused.body()).isEqualTo(409);
            assertThat(refused.text("code")).isEqualTo("OTHER_OPERATION");
            assertThat(refused.text("operation")).isEqualTo(Exports.id(export));
            assertThat(refused.text("remedy")).contains("tidemark export end " + Exports.id(export));
        }
        assertThat(api.get("/v1/backups/" + top.id())
                        .path("exports")
                        .valueStream()
                        .map(JsonNode::asString))
                .containsExactly(Exports.id(export));
        assertThat(api.get("/v1/backups/" + below.id()).path("exports")).isEmpty();
        exports.end(export);
        assertThat(api.get("/v1/backups/" + top.id()).path("exports")).isEmpty();
        assertThat(api.post("/v1/exports/" + Exports.id(export) + "/end", Map.of())
                        .text("code"))
                .isEqualTo("NOT_EXPORTED");
        assertThat(api.post("/v1/backups/" + top.id() + "/exports", Map.of("disks", List.of("d7")))
                        .text("code"))
                .isEqualTo("UNKNOWN_DISK");
        // what can be seen without reading
        Path file = own().resolve(below.id()).resolve("d0.qcow2");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        JsonNode refused = api.start("/v1/backups/" + top.id() + "/exports", Map.of());
        JsonNode failed = api.failed(refused, "BACKUP_DAMAGED");
        assertThat(failed.path("error").asString("")).contains(below.id());
        assertThat(exports.left(Exports.id(refused))).isEmpty();
        // what only a verification finds
        whole[whole.length - 1] ^= 1;
        Files.write(file, whole);
        api.failed(api.start("/v1/backups/" + top.id() + "/verify", Map.of()), "BACKUP_DAMAGED");
        Api.Answer known = api.post("/v1/backups/" + top.id() + "/exports", Map.of());
        assertThat(known.text("code")).isEqualTo("BACKUP_DAMAGED");
        assertThat(known.text("detail")).contains(below.id());
    }

    @Test
    void a_lease_that_is_over_ends_it_and_so_does_whoever_kills_its_process_or_removes_the_machine() {
        machine.write("d0", 0, 1 << 20);
        Made made = client.backUp();
        JsonNode leased = exports.opened(made.id(), Map.of("leaseSeconds", 2, "writable", true));
        JsonNode killed = exports.opened(made.id(), Map.of());
        JsonNode aborted = exports.opened(made.id(), Map.of());
        JsonNode stays = exports.opened(made.id(), Map.of("writable", true));
        exports.lookingIn(stays);
        api.done(api.start("/v1/operations/" + Exports.id(aborted) + "/abort", Map.of()));
        exports.awaitFailed(aborted, "ABORTED");
        exports.awaitFailed(leased, "LEASE_EXPIRED");
        ProcessHandle.of(exports.processes(Exports.id(killed)).getFirst())
                .orElseThrow()
                .destroyForcibly();
        exports.awaitFailed(killed, "EXPORT_GONE");
        assertThat(reader.copied(stays).get("d0")).isEqualTo(truth(made));
        api.done(api.delete(client.path("?keepBitmaps=true")));
        exports.awaitNothingIsLeft(stays);
        exports.awaitFailed(stays, "MACHINE_REMOVED");
    }

    @Test
    void a_machine_that_hangs_or_is_gone_keeps_nobody_from_its_data() {
        machine.write("d0", 0, 1 << 20);
        Made made = client.backUp();
        machine.daemon().pause();
        JsonNode hung = exports.opened(made.id(), Map.of());
        assertThat(reader.copied(hung).get("d0")).isEqualTo(truth(made));
        exports.lookingIn(hung).end(hung);
        machine.daemon().resume();
        machine.daemon().kill();
        JsonNode gone = exports.opened(made.id(), Map.of());
        assertThat(reader.copied(gone).get("d0")).isEqualTo(truth(made));
        exports.end(gone);
    }

    private Path own() {
        return site.repository("default")
                .resolve(api.get(client.path("")).path("id").asString(""));
    }

    private static String uri(JsonNode export) {
        return Exports.uri(export);
    }

    private static byte[] truth(Made made) {
        return Objects.requireNonNull(made.truth().get("d0"));
    }
}
