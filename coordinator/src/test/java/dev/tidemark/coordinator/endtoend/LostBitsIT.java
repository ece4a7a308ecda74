package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.Covers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A bitmap loses bits while nobody looks, and its size, name, flags and granularity are as ever (hazards S1 and S7): the canary
 * tells it. The disk's upper half holds data that the first backup has; a shrink and a grow make zeroes of it.
 */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class LostBitsIT {
    private static final long HALF = Machine.DISK_BYTES / 2;
    private static final int LAST_GRANULE = Machine.DISK_BYTES / Machine.GRANULE - 1;

    private final Machine machine = new Machine(1);
    private final Site site;
    private final Client client;

    LostBitsIT(Site site) {
        this.site = site;
        client = Client.of(site, machine);
    }

    @BeforeEach
    void first() {
        machine.write("d0", 0, Machine.DISK_BYTES);
        client.backUp();
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    @Covers({"#11", "S1"})
    void a_disk_that_shrank_and_grew_while_it_was_clean_is_full() {
        unseen(this::shrinkAndGrow);
        client.reconcile();
        assertThat(client.chain("d0").path("cause").asString("")).isEqualTo("BITMAP_LOST_BITS");
        then("FULL BITMAP_LOST_BITS");
    }

    @Test
    @Covers({"#11", "S1"})
    void a_disk_that_shrank_and_grew_and_was_written_before_and_since_is_full() {
        machine.writeGranule("d0", 3);
        unseen(() -> {
            machine.writeGranule("d0", 4);
            shrinkAndGrow();
            machine.writeGranule("d0", 5);
            machine.writeGranule("d0", LAST_GRANULE - 1);
        });
        then("FULL BITMAP_LOST_BITS");
    }

    @Test
    @Covers({"#11", "S1"})
    void a_disk_that_shrank_and_grew_is_full_behind_checkpoints_too() {
        client.checkpoint("c1");
        machine.writeGranule("d0", 3);
        client.checkpoint("c2");
        unseen(() -> {
            shrinkAndGrow();
            machine.writeGranule("d0", 5);
        });
        then("FULL BITMAP_LOST_BITS");
    }

    @Test
    @Covers({"#13", "S7"})
    void a_clean_bitmap_that_was_removed_and_made_again_is_not_trusted() {
        String newest = machine.recording("d0").getFirst();
        unseen(() -> {
            machine.bitmapVerb("block-dirty-bitmap-remove", "d0", newest);
            machine.writeGranule("d0", 40);
            add(newest);
        });
        then("FULL BITMAP_LOST_BITS");
    }

    @Test
    @Covers({"#13", "S7"})
    void a_bitmap_that_was_removed_made_again_and_marked_since_is_not_trusted() {
        String newest = machine.recording("d0").getFirst();
        makeAgainUnseen(newest);
        then("FULL BITMAP_LOST_BITS");
    }

    @Test
    @Covers("S7")
    void a_bitmap_that_was_cleared_is_not_trusted() {
        String newest = machine.recording("d0").getFirst();
        machine.writeGranule("d0", 40);
        unseen(() -> {
            machine.bitmapVerb("block-dirty-bitmap-clear", "d0", newest);
            machine.writeGranule("d0", 41);
        });
        then("FULL BITMAP_LOST_BITS");
    }

    @Test
    @Covers({"#13", "S7"})
    void an_older_bitmap_that_was_made_again_spoils_what_is_older() {
        String older = machine.recording("d0").getFirst();
        machine.writeGranule("d0", 40);
        client.checkpoint("c1");
        unseen(() -> {
            machine.bitmapVerb("block-dirty-bitmap-remove", "d0", older);
            add(older);
            machine.writeGranule("d0", 41);
        });
        then("FULL BITMAP_LOST_BITS");
    }

    @Test
    @Covers({"#13", "S7"})
    void a_bitmap_that_was_made_again_is_found_before_a_deletion_merges_it_away() {
        client.checkpoint("c1");
        String newest = machine.recording("d0").getFirst();
        makeAgainUnseen(newest);
        client.delete("c1");
        then("FULL BITMAP_LOST_BITS");
    }

    @Test
    @Covers({"#13", "S7"})
    void a_bitmap_that_was_made_again_is_found_before_a_deletion_gives_it_the_canary_of_another() {
        String older = machine.recording("d0").getFirst();
        machine.writeGranule("d0", 40);
        client.checkpoint("c1");
        unseen(() -> {
            machine.bitmapVerb("block-dirty-bitmap-remove", "d0", older);
            add(older);
            machine.writeGranule("d0", 41);
            machine.bitmapVerb("block-dirty-bitmap-disable", "d0", older);
        });
        client.delete("c1");
        then("FULL BITMAP_LOST_BITS");
    }

    @Test
    @Covers({"#13", "S7"})
    void a_bitmap_that_was_made_again_is_not_trusted_by_a_backup_without_a_checkpoint_either() {
        String newest = machine.recording("d0").getFirst();
        makeAgainUnseen(newest);
        Made next = client.backUp(Map.of("repo", "default", "noCheckpoint", true));
        assertThat(next.kind("d0")).isEqualTo("FULL BITMAP_LOST_BITS");
        client.assertEveryBackupRestoresIdentically();
    }

    @Test
    void restarts_checkpoints_and_deletions_leave_every_canary_where_it_is() {
        client.checkpoint("c1");
        machine.writeGranule("d0", 3);
        client.checkpoint("c2");
        client.delete("c1");
        unseen(() -> {});
        // Only who has seen this QEMU can vouch for the images when it ends.
        client.reconcile();
        machine.daemon().terminate();
        machine.daemon().startAgain();
        client.checkpoint("c3");
        client.delete("c3");
        then("INCREMENTAL");
        assertThat(client.events("chain-broken")).isEmpty();
    }

    /**
     * The limit, so that nobody believes more of the canary than it can do: the guest wrote the last granule itself after the cut,
     * and nobody looked in between. This is also what every case above would be without the judgement: a backup that passes for
     * incremental, and a restore that is wrong.
     */
    @Test
    void a_cut_after_which_the_guest_wrote_the_very_last_granule_before_anybody_looked_is_not_seen() {
        unseen(() -> {
            shrinkAndGrow();
            machine.writeGranule("d0", LAST_GRANULE);
        });
        assertThat(client.backUp().kind("d0")).isEqualTo("INCREMENTAL");
        assertThatThrownBy(client::assertEveryBackupRestoresIdentically).isInstanceOf(AssertionError.class);
    }

    /** Removed and made again with a write between, which no bitmap marks, and another after. */
    private void makeAgainUnseen(String bitmap) {
        unseen(() -> {
            machine.bitmapVerb("block-dirty-bitmap-remove", "d0", bitmap);
            machine.writeGranule("d0", 40);
            add(bitmap);
            machine.writeGranule("d0", 41);
        });
    }

    private void unseen(Runnable act) {
        site.stop();
        act.run();
        site.start();
    }

    private void shrinkAndGrow() {
        machine.resize("d0", HALF);
        machine.resize("d0", Machine.DISK_BYTES);
    }

    private void add(String bitmap) {
        machine.qmp("{\"execute\":\"block-dirty-bitmap-add\",\"arguments\":{\"node\":\"d0\",\"name\":\"" + bitmap
                + "\",\"persistent\":true}}");
    }

    private void then(String kind) {
        Made next = client.backUp();
        assertThat(next.kind("d0")).isEqualTo(kind);
        machine.writeGranule("d0", 8);
        assertThat(client.backUp().kind("d0")).isEqualTo("INCREMENTAL");
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }
}
