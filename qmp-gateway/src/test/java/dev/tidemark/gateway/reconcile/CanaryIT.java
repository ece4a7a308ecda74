package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.act.Canary;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.id.BitmapName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every new bitmap is born with, on a real QEMU: the last granule of its disk (hazards S1 and S7). */
@Timeout(300)
class CanaryIT {
    private static final long GRANULE = 65_536;
    private static final Outcome SEEN = new Outcome.Done(new Outcome.Evidence.Seen());

    @Test
    void a_new_bitmap_marks_the_last_granule_and_nothing_of_its_making_stays() {
        try (Rig rig = new Rig(2)) {
            rig.awaitDisks();
            BitmapName name = rig.checkpoint();
            assertThat(dirty(rig, 0, name)).isEqualTo(GRANULE);
            assertThat(dirty(rig, 1, name)).isEqualTo(GRANULE);
            // It is the last one: what the guest writes there adds nothing, and a shrink by one granule takes it away.
            rig.write(0, 7, Rig.DISK_BYTES - GRANULE, GRANULE);
            assertThat(dirty(rig, 0, name)).isEqualTo(GRANULE);
            resize(rig, "d1", Rig.DISK_BYTES - GRANULE);
            assertThat(dirty(rig, 1, name)).isZero();
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_bitmap_that_takes_over_gets_one_too_and_the_one_before_keeps_its_own() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName first = rig.checkpoint();
            BitmapName second = rig.checkpoint();
            assertThat(dirty(rig, 0, first)).isEqualTo(GRANULE);
            assertThat(dirty(rig, 0, second)).isEqualTo(GRANULE);
        }
    }

    @Test
    void disks_of_all_sizes_get_one_if_they_have_anything_to_mark() {
        List<Long> sizes = List.of(512L, GRANULE, GRANULE + 512, Rig.DISK_BYTES - 1536, 1L << 40, 0L);
        try (Rig rig = new Rig(sizes)) {
            rig.awaitDisks();
            BitmapName name = rig.checkpoint();
            for (int disk = 0; disk < sizes.size(); disk++) {
                assertThat(dirty(rig, disk, name))
                        .as("a disk of " + sizes.get(disk) + " bytes")
                        .isEqualTo(sizes.get(disk) == 0 ? 0 : GRANULE);
            }
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_shrink_within_the_last_granule_leaves_it_marked_and_with_it_what_the_shrink_zeroed() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName name = rig.checkpoint();
            resize(rig, "d0", Rig.DISK_BYTES - 512);
            resize(rig, "d0", Rig.DISK_BYTES);
            assertThat(dirty(rig, 0, name)).isEqualTo(GRANULE);
        }
    }

    @Test
    void what_a_crash_before_the_transaction_left_of_it_is_cleared_and_the_next_try_makes_its_own() {
        try (Rig rig = new Rig(2)) {
            rig.awaitDisks();
            CheckpointOperation operation = rig.checkpointOperation();
            Crashes crashes = new Crashes(CrashPoint.BEFORE_TRANSACTION);
            rig.crash = crashes;
            rig.coordinator.ask(operation);
            crashes.awaitCrash();
            try (RawMonitor bystander = rig.bystander()) {
                assertThat(bystander
                                .execute("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}")
                                .toString())
                        .contains(
                                canary(operation, 0).window(),
                                canary(operation, 1).node());
            }
            rig.restartGateway();
            assertThat(rig.outcome(operation.id())).isEqualTo(SEEN);
            assertThat(dirty(rig, 0, operation.bitmap())).isEqualTo(GRANULE);
            assertThat(dirty(rig, 1, operation.bitmap())).isEqualTo(GRANULE);
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void what_a_crash_right_after_the_transaction_left_of_it_is_cleared() {
        try (Rig rig = new Rig(2)) {
            rig.awaitDisks();
            CheckpointOperation operation = rig.checkpointOperation();
            Crashes crashes = new Crashes(CrashPoint.AFTER_TRANSACTION);
            rig.crash = crashes;
            rig.coordinator.ask(operation);
            crashes.awaitCrash();
            rig.restartGateway();
            assertThat(rig.outcome(operation.id())).isEqualTo(SEEN);
            assertThat(dirty(rig, 1, operation.bitmap())).isEqualTo(GRANULE);
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_crash_in_the_midst_of_its_making_leaves_a_running_job_that_is_ended_first() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            CheckpointOperation operation = rig.checkpointOperation();
            Canary canary = canary(operation, 0);
            try (RawMonitor bystander = rig.bystander()) {
                bystander.execute("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"raw\",\"node-name\":\""
                        + canary.window() + "\",\"offset\":1024,\"size\":512,\"file\":{\"driver\":\"null-co\","
                        + "\"node-name\":\"" + canary.node() + "\",\"size\":1536}}}");
                bystander.execute("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"null-co\",\"node-name\":\""
                        + canary.source() + "\",\"size\":512}}");
                bystander.execute("{\"execute\":\"blockdev-mirror\",\"arguments\":{\"job-id\":\"" + canary.job()
                        + "\",\"device\":\"" + canary.source() + "\",\"target\":\"" + canary.window()
                        + "\",\"sync\":\"full\"}}");
            }
            assertThat(rig.run(operation)).isEqualTo(SEEN);
            assertThat(dirty(rig, 0, operation.bitmap())).isEqualTo(GRANULE);
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_checkpoint_whose_canary_qemu_refuses_is_made_without() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            CheckpointOperation operation = rig.checkpointOperation();
            hold(rig, canary(operation, 0).window());
            assertThat(rig.run(operation)).isEqualTo(SEEN);
            assertThat(dirty(rig, 0, operation.bitmap())).isZero();
        }
    }

    @Test
    void a_bitmap_that_cannot_be_asked_for_its_canary_is_told_as_one_that_lost_bits() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName older = rig.checkpoint();
            CheckpointOperation operation = rig.checkpointOperation();
            hold(rig, canary(operation, 0).window());
            rig.coordinator.ask(operation);
            Predicate<Sight.Observed> lost = observed -> observed.disks().getFirst().bitmaps().stream()
                    .anyMatch(bitmap -> bitmap.name().equals(Optional.of(older.value())) && bitmap.lostBits());
            rig.awaitSeen(lost);
            Sight.Observed told = rig.coordinator.firstObserved(lost).orElseThrow();
            // It is told before anything is built on it.
            assertThat(told.disks().getFirst().bitmaps())
                    .noneMatch(bitmap ->
                            bitmap.name().equals(Optional.of(operation.bitmap().value())));
        }
    }

    /** Somebody holds a node of that name, so that it can neither be swept nor made. */
    private static void hold(Rig rig, String node) {
        try (RawMonitor bystander = rig.bystander()) {
            bystander.execute("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"null-co\",\"node-name\":\""
                    + node + "\",\"size\":512}}");
            bystander.execute(
                    "{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"theirs\",\"node-name\":\""
                            + node + "\",\"name\":\"theirs\"}}");
        }
    }

    private static Canary canary(CheckpointOperation operation, int disk) {
        Canary canary = Canary.of(operation, Map.of(operation.disks().get(disk).disk(), Rig.DISK_BYTES))
                .get(operation.disks().get(disk).disk());
        assertThat(canary).isNotNull();
        return canary;
    }

    private static long dirty(Rig rig, int disk, BitmapName bitmap) {
        return SecondOpinion.bitmap(rig, disk, bitmap).dirtyBytes();
    }

    /** An NBD export keeps QEMU from a resize, so it goes first. */
    private static void resize(Rig rig, String disk, long bytes) {
        try (RawMonitor bystander = rig.bystander()) {
            String exports = "{\"execute\":\"query-block-exports\"}";
            if (bystander.execute(exports).toString().contains("\"e-" + disk + "\"")) {
                bystander.execute("{\"execute\":\"block-export-del\",\"arguments\":{\"id\":\"e-" + disk
                        + "\",\"mode\":\"hard\"}}");
            }
            await().until(() -> !bystander.execute(exports).toString().contains("\"e-" + disk + "\""));
            bystander.execute("{\"execute\":\"block_resize\",\"arguments\":{\"node-name\":\"" + disk + "\",\"size\":"
                    + bytes + "}}");
        }
    }
}
