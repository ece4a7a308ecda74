package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.DiskImage;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Somebody else puts layers on disks, and takes them away. vdb is never touched, and must never pay for it. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class DivergentGraphsIT {
    private final Guest guest = new Guest();
    private final Site site;
    private final Client client;

    DivergentGraphsIT(Site site) {
        this.site = site;
        client = Client.of(site, guest);
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    @Covers({"#9", "S5"})
    void a_layer_put_on_top_behind_our_back_breaks_its_disk() {
        first();
        guest.overlay("vda", "ov");
        guest.writeGranule("vda", 9);
        then("FULL DISK_FILE_CHANGED");
        assertThat(client.breaks()).containsExactly("vda DISK_FILE_CHANGED");
    }

    @Test
    @Covers({"#9", "S5", "base-records-below"})
    void a_snapshot_and_a_crash_leave_a_healthy_bitmap_in_the_base_that_nobody_believes() {
        first();
        guest.overlay("vda", "ov");
        guest.writeGranule("vda", 9);
        killAndStartOnLayer();
        // given what makes it dangerous: found by its name anywhere below, it looks as if nothing had happened
        JsonNode below = bitmapOf("base");
        assertThat(below.path("recording").asBoolean(false)).isTrue();
        assertThat(below.path("inconsistent").asBoolean(false)).isFalse();
        assertThat(guest.bitmaps("vda")).isEmpty();
        guest.writeGranule("vda", 10);
        client.awaitSeen("UP");
        // then
        Made full = client.backUp();
        assertThat(full.kind("vda")).isEqualTo("FULL DISK_FILE_CHANGED");
        assertThat(full.kind("vdb")).startsWith("FULL");
        assertThat(client.breaks()).contains("vda DISK_FILE_CHANGED");
        thenIncrementalsGoOn();
    }

    @Test
    @Covers({"#9", "S5", "#6", "base-records-below"})
    void a_layer_that_lost_its_bitmap_is_not_saved_by_the_healthy_one_of_its_base() {
        first();
        guest.overlay("vda", "ov");
        guest.writeGranule("vda", 9);
        assertThat(client.backUp().kind("vda")).isEqualTo("FULL DISK_FILE_CHANGED");
        guest.writeGranule("vda", 10);
        assertThat(client.backUp().kind("vda")).isEqualTo("INCREMENTAL");
        guest.writeGranule("vda", 11);
        killAndStartOnLayer();
        // given what makes it dangerous: the layer's own bitmap went with QEMU, and below lies one that looks well
        assertThat(bitmapOf("base").path("inconsistent").asBoolean(false)).isFalse();
        assertThat(guest.bitmaps("vda")).isEmpty();
        guest.writeGranule("vda", 12);
        client.awaitSeen("UP");
        // then
        Made full = client.backUp();
        assertThat(full.kind("vda")).isEqualTo("FULL BITMAP_MISSING");
        assertThat(client.breaks()).contains("vda BITMAP_MISSING");
        thenIncrementalsGoOn();
    }

    @Test
    @Covers("#10")
    void a_layer_that_came_and_went_between_two_looks_costs_no_block() {
        first();
        guest.overlay("vda", "ov");
        guest.writeGranule("vda", 9);
        commit();
        assertThat(guest.node("vda")).isEqualTo("n-vda");
        guest.writeGranule("vda", 11);
        Made next = client.backUp();
        assertThat(next.kind("vdb")).isEqualTo("INCREMENTAL");
        thenIncrementalsGoOn();
    }

    @Test
    @Covers("#10")
    void a_layer_that_was_seen_and_committed_away_breaks_its_disk() {
        first();
        guest.overlay("vda", "ov");
        guest.writeGranule("vda", 9);
        client.reconcile();
        client.checkpoint("on-the-layer");
        guest.writeGranule("vda", 10);
        beginCommit();
        client.reconcile();
        complete();
        guest.writeGranule("vda", 11);
        then("FULL DISK_FILE_CHANGED");
        // A look amid the commit shows that the layer below is written; when the layer on top is gone, the base's own
        // bitmap,
        // of which the log knows that nothing stands on it any more, is back with it.
        assertThat(client.breaks())
                .containsExactly("vda DISK_FILE_CHANGED", "vda IMAGE_WRITTEN", "vda DELETED_BITMAP_REAPPEARED");
    }

    @Test
    @Covers("#10")
    void a_base_that_was_streamed_into_its_layer_breaks_its_disk() {
        guest.overlay("vda", "ov");
        first();
        guest.qmp("{\"execute\":\"block-stream\",\"arguments\":{\"job-id\":\"theirs\",\"device\":\"ov\"}}");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> jobs().isEmpty());
        guest.writeGranule("vda", 9);
        then("FULL LAYER_CHANGED");
        assertThat(client.breaks()).containsExactly("vda LAYER_CHANGED");
    }

    @Test
    @Covers("#10")
    void a_disk_that_was_mirrored_to_another_file_and_pivoted_breaks() {
        first();
        guest.open("copy", DiskImage.createQcow2(guest.file("copy"), Guest.DISK_BYTES), "");
        guest.qmp("{\"execute\":\"blockdev-mirror\",\"arguments\":{\"job-id\":\"theirs\",\"device\":\"n-vda\","
                + "\"target\":\"copy\",\"sync\":\"full\"}}");
        complete();
        assertThat(guest.node("vda")).isEqualTo("copy");
        guest.writeGranule("vda", 9);
        then("FULL DISK_FILE_CHANGED");
        assertThat(client.breaks()).containsExactly("vda DISK_FILE_CHANGED");
    }

    private void killAndStartOnLayer() {
        guest.system().kill();
        guest.system()
                .startAgainOn(List.of(
                        "{\"driver\":\"qcow2\",\"node-name\":\"n-vda\",\"file\":{\"driver\":\"file\",\"filename\":\""
                                + guest.file("ov") + "\"},\"backing\":{\"driver\":\"qcow2\",\"node-name\":\"base\","
                                + "\"file\":{\"driver\":\"file\",\"filename\":\"" + guest.image("vda") + "\"}}}",
                        DiskImage.qcow2Blockdev("n-vdb", guest.image("vdb"))));
        guest.serve();
    }

    private void first() {
        guest.writeGranule("vda", 1);
        guest.writeGranule("vdb", 2);
        client.reconcile();
        client.backUp();
        guest.writeGranule("vda", 3);
        guest.writeGranule("vdb", 4);
    }

    private void then(String kind) {
        Made next = client.backUp();
        assertThat(next.kind("vda")).isEqualTo(kind);
        assertThat(next.kind("vdb")).isEqualTo("INCREMENTAL");
        thenIncrementalsGoOn();
    }

    private void thenIncrementalsGoOn() {
        guest.write("vda", 100_000, 3000);
        guest.writeGranule("vdb", 20);
        Made after = client.backUp();
        assertThat(List.of(after.kind("vda"), after.kind("vdb"))).containsExactly("INCREMENTAL", "INCREMENTAL");
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }

    private void commit() {
        beginCommit();
        complete();
    }

    private void beginCommit() {
        guest.qmp("{\"execute\":\"block-commit\",\"arguments\":{\"job-id\":\"theirs\",\"device\":\"ov\"}}");
        awaitReady();
    }

    private void awaitReady() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> jobs().stream()
                        .anyMatch(job -> job.path("status").asString("").equals("ready")));
    }

    private void complete() {
        awaitReady();
        guest.qmp("{\"execute\":\"job-complete\",\"arguments\":{\"id\":\"theirs\"}}");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> jobs().isEmpty());
    }

    private List<JsonNode> jobs() {
        return guest.qmp("{\"execute\":\"query-jobs\"}").valueStream().toList();
    }

    private JsonNode bitmapOf(String name) {
        for (JsonNode node : guest.qmp(Bystander.NODES)) {
            if (node.path("node-name").asString("").equals(name)) {
                return node.path("dirty-bitmaps").path(0);
            }
        }
        throw new AssertionError("no node " + name);
    }
}
