package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Somebody else changes bitmaps, disks and files. Divergences 3, 7, 11 to 13, 20, 21 and 25 of qemu-facts §11.1. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class StrangersIT {
    private static final String STRANGE = "tm-01ARZ3NDEKTSV4RRFFQ69G5FAV";

    private final Machine machine = new Machine(2);
    private final Site site;
    private final Client client;

    StrangersIT(Site site) {
        this.site = site;
        client = Client.of(site, machine);
    }

    @BeforeEach
    void first() {
        machine.writeGranule("d0", 1);
        client.backUp();
        machine.writeGranule("d0", 2);
        machine.writeGranule("d1", 3);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    @Covers("#7")
    void an_unknown_bitmap_with_our_prefix_is_quarantined_told_once_and_left_alone() {
        addBitmap("d0", STRANGE);
        client.reconcile();
        client.reconcile();
        site.restart();
        client.reconcile();
        client.backUp();
        assertThat(machine.bitmaps("d0")).containsKey(STRANGE);
        assertThat(client.events("drift-found"))
                .singleElement()
                .satisfies(event ->
                        assertThat(event.path("data").path("kind").asString("")).isEqualTo("UNKNOWN_BITMAP"));
        then("INCREMENTAL", "INCREMENTAL");
    }

    @Test
    void foreign_bitmaps_are_never_touched() {
        addBitmap("d0", "theirs");
        addBitmap("d1", "a-tm-lookalike");
        client.checkpoint("c1");
        client.delete("c1");
        then("INCREMENTAL", "INCREMENTAL");
        machine.daemon().terminate();
        machine.daemon().startAgain();
        client.reconcile();
        assertThat(machine.recording("d0")).hasSize(1);
        assertThat(machine.bitmaps("d0"))
                .hasEntrySatisfying(
                        "theirs",
                        bitmap -> assertThat(bitmap.path("recording").asBoolean(false))
                                .isTrue());
        assertThat(machine.bitmaps("d1")).containsKey("a-tm-lookalike");
        assertThat(client.events("drift-found")).isEmpty();
    }

    @Test
    @Covers("#12")
    void a_newest_bitmap_that_was_disabled_around_a_write_breaks_the_chain() {
        String newest = machine.recording("d0").getFirst();
        machine.bitmapVerb("block-dirty-bitmap-disable", "d0", newest);
        machine.writeGranule("d0", 40);
        client.reconcile();
        assertThat(client.chain("d0").path("cause").asString("")).isEqualTo("BITMAP_NOT_RECORDING");
        then("FULL BITMAP_NOT_RECORDING", "INCREMENTAL");
    }

    @Test
    void a_newest_bitmap_that_was_disabled_right_before_a_backup_makes_that_backup_full() {
        machine.bitmapVerb(
                "block-dirty-bitmap-disable", "d0", machine.recording("d0").getFirst());
        machine.writeGranule("d0", 40);
        then("FULL BITMAP_NOT_RECORDING", "INCREMENTAL");
    }

    @Test
    @Covers("#12")
    void an_older_bitmap_that_was_enabled_is_disabled_again_and_the_chain_holds() {
        String older = machine.recording("d0").getFirst();
        client.checkpoint("c1");
        machine.bitmapVerb("block-dirty-bitmap-enable", "d0", older);
        client.reconcile();
        assertThat(machine.recording("d0")).hasSize(1).doesNotContain(older);
        assertThat(client.events("drift-found")).hasSize(1);
        then("INCREMENTAL", "INCREMENTAL");
    }

    @Test
    void a_bitmap_that_was_removed_breaks_its_disk_only() {
        machine.bitmapVerb(
                "block-dirty-bitmap-remove", "d1", machine.recording("d1").getFirst());
        then("INCREMENTAL", "FULL BITMAP_MISSING");
    }

    @Test
    @Covers({"S7", "#13"})
    void a_bitmap_that_was_removed_and_made_again_is_not_trusted_once_its_loss_was_seen() {
        String newest = machine.recording("d0").getFirst();
        machine.bitmapVerb("block-dirty-bitmap-remove", "d0", newest);
        client.reconcile();
        addBitmap("d0", newest);
        client.reconcile();
        assertThat(machine.bitmaps("d0")).doesNotContainKey(newest);
        then("FULL BITMAP_MISSING", "INCREMENTAL");
    }

    @Test
    void a_bitmap_in_the_middle_that_was_removed_spoils_what_is_older() {
        client.checkpoint("c1");
        machine.writeGranule("d0", 9);
        client.checkpoint("c2");
        String middle = Client.bitmap(site.api().get(client.path("/checkpoints/c1")));
        machine.bitmapVerb("block-dirty-bitmap-remove", "d0", middle);
        then("FULL BITMAP_MISSING", "INCREMENTAL");
    }

    @Test
    @Covers("#25")
    void a_disk_that_was_added_is_full_and_it_alone() {
        machine.plug("d2");
        machine.writeGranule("d2", 5);
        Made made = then("INCREMENTAL", "INCREMENTAL");
        assertThat(made.kind("d2")).isEqualTo("INCREMENTAL");
        assertThat(client.made().get(1).kind("d2")).isEqualTo("FULL DISK_ADDED");
    }

    @Test
    @Covers("#11")
    void a_disk_that_grew_is_full_and_it_alone() {
        machine.resize("d1", Machine.DISK_BYTES + (1 << 20));
        machine.write("d1", Machine.DISK_BYTES + 4096, 4096);
        then("INCREMENTAL", "FULL VIRTUAL_SIZE_CHANGED");
    }

    @Test
    @Covers({"#11", "S1"})
    void a_disk_that_shrank_is_full_and_it_alone() {
        machine.resize("d1", Machine.DISK_BYTES / 2);
        then("INCREMENTAL", "FULL VIRTUAL_SIZE_CHANGED");
    }

    @Test
    @Covers({"#20", "#21"})
    void what_an_ended_operation_of_ours_has_left_is_put_away() {
        leaveBehind(client.operations().getLast());
        client.reconcile();
        assertThat(machine.leftovers()).isEmpty();
        assertThat(client.drift()).containsExactlyInAnyOrder("LEFTOVER_BITMAP REMOVED", "LEFTOVER_NODE REMOVED");
        then("INCREMENTAL", "INCREMENTAL");
    }

    @Test
    @Covers({"#20", "#21"})
    void what_carries_our_prefix_and_no_operation_of_ours_is_quarantined_and_stays() {
        leaveBehind("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        client.reconcile();
        site.restart();
        client.reconcile();
        assertThat(machine.leftovers()).hasSize(2);
        assertThat(client.drift())
                .containsExactlyInAnyOrder("UNKNOWN_TEMPORARY_BITMAP QUARANTINED", "UNKNOWN_NODE QUARANTINED");
        then("INCREMENTAL", "INCREMENTAL");
        assertThat(machine.leftovers()).hasSize(2);
    }

    private void leaveBehind(String operation) {
        addBitmap("d0", "tm-tmp-" + operation);
        machine.qmp("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"null-co\",\"node-name\":" + "\"tm-"
                + operation + "00\",\"size\":65536}}");
    }

    @Test
    void a_parent_that_was_deleted_from_the_repository_makes_a_full_of_it() {
        Made parent = client.made().getFirst();
        Stage.delete(directory(parent));
        client.forget(parent);
        then("FULL BASE_BACKUP_MISSING", "FULL BASE_BACKUP_MISSING");
    }

    @Test
    void a_parent_that_verify_finds_damaged_is_no_base_any_more() throws IOException {
        Made parent = client.made().getFirst();
        Path file = directory(parent).resolve("d0.qcow2");
        assertThat(file.toFile().setWritable(true)).isTrue();
        try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
            damaged.seek(damaged.length() - 10);
            int old = damaged.read();
            damaged.seek(damaged.length() - 10);
            damaged.write(old ^ 0x55);
        }
        JsonNode verified = site.api().ended(site.api().start("/v1/backups/" + parent.id() + "/verify", Map.of()));
        assertThat(verified.path("state").asString("")).as("%s", verified).isEqualTo("FAILED");
        assertThat(site.api().get("/v1/backups/" + parent.id()).path("damaged").asBoolean(false))
                .isTrue();
        client.forget(parent);
        then("FULL BASE_BACKUP_DAMAGED", "INCREMENTAL");
    }

    @Test
    void a_damaged_file_is_told_of_every_backup_that_stands_on_it_until_it_is_read_again() throws IOException {
        Made parent = client.made().getFirst();
        machine.write("d0", 12_345, 678);
        Made child = client.backUp();
        Path file = directory(parent).resolve("d0.qcow2");
        assertThat(file.toFile().setWritable(true)).isTrue();
        byte[] sound = Files.readAllBytes(file);
        byte[] rotten = sound.clone();
        rotten[sound.length - 10] ^= 0x55;
        Files.write(file, rotten);

        // Reading the one that stands on it finds whose file it is.
        assertThat(verify(child)).isEqualTo("FAILED");
        JsonNode above = site.api().get("/v1/backups/" + child.id());
        assertThat(above.path("damaged").asBoolean(false)).isTrue();
        assertThat(above.path("disks").path(0).path("damagedBy").path(0).asString(""))
                .isEqualTo(parent.id());
        assertThat(above.path("disks").path(0).path("damage").isNull()).isTrue();
        assertThat(site.api()
                        .get("/v1/backups/" + parent.id())
                        .path("disks")
                        .path(0)
                        .path("damage")
                        .asString(""))
                .contains(parent.id());

        Files.write(file, sound);
        assertThat(verify(parent)).isEqualTo("DONE");
        JsonNode below = site.api().get("/v1/backups/" + parent.id());
        assertThat(below.path("verifiedBy").asString("")).isEqualTo("admin");
        assertThat(below.path("damaged").asBoolean(true)).isFalse();
        assertThat(site.api().get("/v1/backups/" + child.id()).path("damaged").asBoolean(true))
                .isFalse();
        then("FULL BASE_BACKUP_DAMAGED", "INCREMENTAL");
    }

    @Test
    void a_file_that_was_rewritten_with_its_manifest_is_found_by_what_the_log_says() throws IOException {
        Made parent = client.made().getFirst();
        assertThat(deeply(parent)).isEqualTo("DONE");
        JsonNode sound = site.api().get("/v1/backups/" + parent.id());
        assertThat(sound.path("deepVerifiedAt").asString(""))
                .isEqualTo(sound.path("verifiedAt").asString("-"));
        Path file = directory(parent).resolve("d0.qcow2");
        assertThat(file.toFile().setWritable(true)).isTrue();
        RequiredProgram.QEMU_IO.run("-f", "qcow2", "-c", "write -P 77 0 512", file.toString());
        Path manifest = directory(parent).resolve("manifest.json");
        assertThat(manifest.toFile().setWritable(true)).isTrue();
        JsonNode before = sound.path("disks").path(0);
        String text = Files.readString(manifest);
        assertThat(text).contains(before.path("sha256").asString("-"));
        Files.writeString(
                manifest,
                text.replace(before.path("sha256").asString(""), sha256(file))
                        .replace("\"fileSize\" : " + before.path("fileSize"), "\"fileSize\" : " + Files.size(file)));

        Map<String, ?> restore =
                Map.of("backup", parent.id(), "to", site.fresh("rewritten").toString());
        assertThat(site.api()
                        .failed(site.api().start(client.path("/restores"), restore), "BACKUP_DAMAGED")
                        .path("error")
                        .asString(""))
                .contains("not that of the log");
        assertThat(verify(parent)).isEqualTo("FAILED");
        assertThat(site.api()
                        .get("/v1/backups/" + parent.id())
                        .path("disks")
                        .path(0)
                        .path("damage")
                        .asString(""))
                .contains("not that of the log");
        client.forget(parent);
        then("FULL BASE_BACKUP_DAMAGED", "INCREMENTAL");
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private String deeply(Made backup) {
        return site.api()
                .ended(site.api().start("/v1/backups/" + backup.id() + "/verify", Map.of("deep", true)))
                .path("state")
                .asString("");
    }

    private String verify(Made backup) {
        return site.api()
                .ended(site.api().start("/v1/backups/" + backup.id() + "/verify", Map.of()))
                .path("state")
                .asString("");
    }

    /** The next automatic backup, and one after it that is incremental throughout. */
    private Made then(String d0, String d1) {
        Made next = client.backUp();
        assertThat(List.of(next.kind("d0"), next.kind("d1"))).containsExactly(d0, d1);
        machine.write("d0", 12_345, 678);
        machine.writeGranule("d1", 8);
        Made after = client.backUp();
        assertThat(List.of(after.kind("d0"), after.kind("d1"))).containsExactly("INCREMENTAL", "INCREMENTAL");
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
        return after;
    }

    private Path directory(Made made) {
        String vm = site.api().get(client.path("")).path("id").asString("");
        return site.repository("default").resolve(vm).resolve(made.id());
    }

    private void addBitmap(String disk, String name) {
        machine.qmp("{\"execute\":\"block-dirty-bitmap-add\",\"arguments\":{\"node\":\"" + disk + "\",\"name\":\""
                + name + "\",\"persistent\":" + !name.startsWith("tm-tmp-") + "}}");
    }
}
