package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.schema.contract.BitmapDeletion;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.NewBitmap;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BitmapName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class CheckpointIT {
    private static final Outcome SEEN = new Outcome.Done(new Outcome.Evidence.Seen());
    private static final long GRANULE = 65536;

    /** What each new bitmap marks from its birth on: one granule, at an end of the disk to which no test here writes. */
    private static final long CANARY = GRANULE;

    @Test
    void a_checkpoint_of_two_disks_hands_recording_over_on_both() {
        try (Rig rig = new Rig(2)) {
            rig.awaitDisks();
            BitmapName first = rig.checkpoint();
            rig.write(0, 1, 0, GRANULE);
            BitmapName second = rig.checkpoint();
            rig.write(1, 2, 0, 2 * GRANULE);

            for (int disk = 0; disk < 2; disk++) {
                assertThat(look(rig, disk)).containsOnlyKeys(first.value(), second.value());
                assertThat(look(rig, disk).values()).allMatch(ObservedBitmap::persistent);
                assertThat(SecondOpinion.bitmap(rig, disk, first).recording()).isFalse();
                assertThat(SecondOpinion.bitmap(rig, disk, second).recording()).isTrue();
            }
            assertThat(dirty(rig, 0, first)).isEqualTo(CANARY + GRANULE);
            assertThat(dirty(rig, 1, second)).isEqualTo(CANARY + 2 * GRANULE);
        }
    }

    @Test
    void the_first_checkpoint_is_deleted_and_the_others_stay_as_they_are() {
        try (Chain chain = Chain.ofThree()) {
            assertThat(chain.delete(0)).isEqualTo(SEEN);
            assertThat(chain.dirty())
                    .isEqualTo(Map.of(chain.names.get(1), CANARY + 2 * GRANULE, chain.names.get(2), CANARY + GRANULE));
        }
    }

    @Test
    void a_middle_checkpoint_leaves_its_bits_to_the_one_before() {
        try (Chain chain = Chain.ofThree()) {
            assertThat(chain.delete(1)).isEqualTo(SEEN);
            assertThat(chain.dirty())
                    .isEqualTo(Map.of(chain.names.get(0), CANARY + 3 * GRANULE, chain.names.get(2), CANARY + GRANULE));
            assertThat(chain.recording()).containsExactly(chain.names.get(2));
        }
    }

    @Test
    void the_newest_checkpoint_leaves_its_bits_and_the_recording_to_the_one_before() {
        try (Chain chain = Chain.ofThree()) {
            assertThat(chain.delete(2)).isEqualTo(SEEN);
            assertThat(chain.dirty())
                    .isEqualTo(Map.of(chain.names.get(0), CANARY + GRANULE, chain.names.get(1), CANARY + 3 * GRANULE));
            assertThat(chain.recording()).containsExactly(chain.names.get(1));
        }
    }

    /** Hazards S7 and S2: QEMU calls the bitmap healthy. */
    @Test
    @Covers("S7")
    void a_bitmap_that_was_remade_under_its_own_name_or_cleared_is_told_by_its_count() {
        try (Rig rig = new Rig(2)) {
            rig.awaitDisks();
            BitmapName name = rig.checkpoint();
            rig.write(0, 1, 0, GRANULE);
            rig.write(1, 1, 0, GRANULE);
            rig.coordinator.lookNow();
            rig.awaitSeen(seen -> seen.disks().stream()
                    .allMatch(disk -> bitmap(disk, name)
                            .filter(one -> one.dirtyBytes() == CANARY + GRANULE)
                            .isPresent()));
            // A look at less than all of it finds a bitmap that is gone, and no longer one that lacks bits.
            rig.betweenLooks(() -> {
                try (RawMonitor bystander = rig.bystander()) {
                    bystander.execute(bitmapCommand("remove", "d0", name, ""));
                    rig.write(0, 2, 4 * GRANULE, GRANULE);
                    bystander.execute(bitmapCommand("add", "d0", name, ",\"persistent\":true"));
                    bystander.execute(bitmapCommand("clear", "d1", name, ""));
                }
            });
            rig.coordinator.lookNow();
            rig.awaitSeen(seen -> seen.disks().stream()
                    .allMatch(disk ->
                            bitmap(disk, name).filter(ObservedBitmap::lostBits).isPresent()));
        }
    }

    private static String bitmapCommand(String verb, String node, BitmapName name, String more) {
        return "{\"execute\":\"block-dirty-bitmap-" + verb + "\",\"arguments\":{\"node\":\"" + node + "\",\"name\":\""
                + name + "\"" + more + "}}";
    }

    private static Optional<ObservedBitmap> bitmap(ObservedDisk disk, BitmapName name) {
        return disk.bitmaps().stream()
                .filter(bitmap -> bitmap.name().equals(Optional.of(name.value())))
                .findFirst();
    }

    /** Hazard: the one before looks as healthy as ever, and lacks the bits. */
    @Test
    void a_middle_bitmap_that_a_stranger_removed_was_not_deleted_by_us() {
        try (Chain chain = Chain.ofThree()) {
            chain.rig.stopGateway();
            try (RawMonitor bystander = chain.rig.bystander()) {
                bystander.execute(
                        "{\"execute\":\"block-dirty-bitmap-remove\",\"arguments\":{\"node\":\"d0\",\"name\":\""
                                + chain.names.get(1) + "\"}}");
            }
            chain.rig.coordinator.setBelieving(false);
            DeletionOperation deletion = chain.deletion(1);
            chain.rig.coordinator.ask(deletion);
            chain.rig.restartGateway();
            assertThat(chain.rig.outcome(deletion.id()))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class,
                            refused -> assertThat(refused.code()).isEqualTo(FailureCode.EVIDENCE_CHANGED));
        }
    }

    @Test
    void a_deletion_whose_reply_was_lost_is_known_by_its_mark_which_then_goes() {
        try (Chain chain = Chain.ofThree()) {
            DeletionOperation deletion = chain.deletion(1);
            Crashes crashes = new Crashes(CrashPoint.AFTER_TRANSACTION);
            chain.rig.crash = crashes;
            chain.rig.coordinator.ask(deletion);
            crashes.awaitCrash();
            chain.rig.restartGateway();
            assertThat(chain.rig.outcome(deletion.id())).isEqualTo(SEEN);
            assertThat(chain.dirty())
                    .isEqualTo(Map.of(chain.names.get(0), CANARY + 3 * GRANULE, chain.names.get(2), CANARY + GRANULE));
            chain.rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void the_only_checkpoint_is_removed() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName only = rig.checkpoint();
            DeletionOperation deletion = new DeletionOperation(
                    Operations.operation(), only, List.of(new BitmapDeletion(rig.disk(0), Optional.empty(), true)));
            assertThat(rig.run(deletion)).isEqualTo(SEEN);
            assertThat(look(rig, 0)).isEmpty();
        }
    }

    @Test
    void a_checkpoint_whose_reply_was_lost_is_found_and_not_made_twice() {
        assertOneTransactionAfterCrashAt(CrashPoint.AFTER_TRANSACTION, 1);
    }

    @Test
    void a_checkpoint_that_was_never_sent_is_sent_after_the_restart() {
        assertOneTransactionAfterCrashAt(CrashPoint.BEFORE_TRANSACTION, 2);
    }

    @Test
    void a_checkpoint_whose_answer_does_not_come_is_in_doubt_until_a_look_tells() {
        try (Rig rig = new Rig(1)) {
            rig.restartImpatiently();
            rig.awaitDisks();
            CheckpointOperation operation = rig.checkpointOperation();
            // QEMU stops between the look and the transaction: nobody answers, and nobody knows what will happen.
            rig.crash = point -> {
                if (point == CrashPoint.BEFORE_TRANSACTION) {
                    rig.daemon.pause();
                }
            };
            rig.coordinator.ask(operation);
            await().atMost(Rig.TIME_MAX)
                    .until(() -> rig.coordinator
                            .outcome(operation.id())
                            .filter(Outcome.Unknown.class::isInstance)
                            .isPresent());
            assertThat(rig.coordinator.reports().getLast().sight())
                    .isInstanceOfSatisfying(
                            Sight.Unreachable.class,
                            unreachable -> assertThat(unreachable.processGone()).isFalse());
            rig.crash = CrashHook.NONE;
            rig.daemon.resume();
            assertThat(rig.outcome(operation.id())).isEqualTo(SEEN);
            assertThat(look(rig, 0)).containsOnlyKeys(operation.bitmap().value());
        }
    }

    @Test
    void a_checkpoint_whose_report_was_recorded_and_not_answered_is_not_made_twice() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            CheckpointOperation operation = rig.checkpointOperation();
            Crashes crashes = new Crashes(CrashPoint.AFTER_TRANSACTION);
            rig.crash = crashes;
            rig.coordinator.ask(operation);
            crashes.awaitCrash();
            rig.coordinator.setUnreachable(true);
            rig.restartGateway();
            rig.coordinator.setUnreachable(false);
            assertThat(rig.outcome(operation.id())).isEqualTo(SEEN);
            assertThat(look(rig, 0)).hasSize(1);
        }
    }

    @Test
    void bitmaps_that_died_with_their_process_are_seen_to_be_missing_or_inconsistent() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName stored = rig.checkpoint();
            rig.daemon.terminate();
            rig.daemon.startAgain();
            rig.awaitSeen(seen -> bitmap(seen, stored)
                    .filter(bitmap -> bitmap.recording() && !bitmap.inconsistent())
                    .isPresent());
            BitmapName neverStored = rig.checkpoint();
            rig.daemon.kill();
            await().atMost(Rig.TIME_MAX)
                    .until(() -> rig.coordinator.reports().stream()
                            .anyMatch(
                                    report -> report.sight() instanceof Sight.Unreachable gone && gone.processGone()));
            rig.daemon.startAgain();
            Sight.Observed after = rig.awaitSeen(seen ->
                    bitmap(seen, stored).filter(ObservedBitmap::inconsistent).isPresent());
            assertThat(bitmap(after, neverStored)).isEmpty();
        }
    }

    @Test
    void a_checkpoint_that_does_not_fit_what_is_there_is_refused_after_some_rounds() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            CheckpointOperation operation = rig.checkpointOperation();
            rig.coordinator.setBelieving(false);
            rig.coordinator.change(desired ->
                    FakeCoordinator.with(desired, List.of(), Optional.of(operation), desired.repositoryOperations()));
            assertThat(rig.outcome(operation.id())).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
                assertThat(refused.disk()).contains(rig.disk(0));
            });
            assertThat(look(rig, 0)).isEmpty();
        }
    }

    @Test
    void what_qemu_refuses_is_refused_with_its_words() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            CheckpointOperation operation = new CheckpointOperation(
                    Operations.operation(),
                    Operations.bitmap(),
                    List.of(new NewBitmap(rig.disk(0), Optional.of(Operations.bitmap()))));
            assertThat(rig.run(operation)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo(FailureCode.QEMU_REFUSED);
                assertThat(refused.detail()).contains("not found");
            });
            assertThat(look(rig, 0)).isEmpty();
        }
    }

    @Test
    void a_machine_that_is_no_longer_registered_is_left_alone() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.coordinator.unregister();
            // The monitor is free again once its owner has let go.
            await().atMost(Rig.TIME_MAX)
                    .untilAsserted(() -> assertThat(rig.isMonitorFree()).isTrue());
        }
    }

    private static void assertOneTransactionAfterCrashAt(CrashPoint point, int transactions) {
        try (Rig rig = new Rig(2)) {
            rig.awaitDisks();
            CheckpointOperation operation = rig.checkpointOperation();
            Crashes crashes = new Crashes(point);
            rig.crash = crashes;
            rig.coordinator.ask(operation);
            crashes.awaitCrash();
            rig.restartGateway();
            assertThat(rig.outcome(operation.id())).isEqualTo(SEEN);
            assertThat(crashes.passed(CrashPoint.BEFORE_TRANSACTION)).isEqualTo(transactions);
            assertThat(look(rig, 0)).containsOnlyKeys(operation.bitmap().value());
            assertThat(look(rig, 1)).containsOnlyKeys(operation.bitmap().value());
        }
    }

    private static Optional<ObservedBitmap> bitmap(Sight.Observed seen, BitmapName name) {
        return seen.disks().stream()
                .flatMap(disk -> disk.bitmaps().stream())
                .filter(bitmap -> bitmap.name().equals(Optional.of(name.value())))
                .findFirst();
    }

    private static Map<String, ObservedBitmap> look(Rig rig, int disk) {
        return SecondOpinion.bitmaps(rig, disk);
    }

    private static long dirty(Rig rig, int disk, BitmapName bitmap) {
        return SecondOpinion.bitmap(rig, disk, bitmap).dirtyBytes();
    }

    /** Three checkpoints; one, two and one granules were written after each. */
    private record Chain(Rig rig, List<BitmapName> names) implements AutoCloseable {
        static Chain ofThree() {
            Rig rig = new Rig(1);
            rig.awaitDisks();
            BitmapName first = rig.checkpoint();
            rig.write(0, 1, 0, GRANULE);
            BitmapName second = rig.checkpoint();
            rig.write(0, 2, 4 * GRANULE, 2 * GRANULE);
            BitmapName third = rig.checkpoint();
            rig.write(0, 3, 10 * GRANULE, GRANULE);
            return new Chain(rig, List.of(first, second, third));
        }

        Outcome delete(int index) {
            return rig.run(deletion(index));
        }

        DeletionOperation deletion(int index) {
            Optional<BitmapName> previous = index == 0 ? Optional.empty() : Optional.of(names.get(index - 1));
            boolean newest = index == names.size() - 1;
            return new DeletionOperation(
                    Operations.operation(),
                    names.get(index),
                    List.of(new BitmapDeletion(rig.disk(0), previous, newest)));
        }

        Map<BitmapName, Long> dirty() {
            Map<BitmapName, Long> counts = new HashMap<>();
            // The mark of a deletion goes right after it was told.
            await().atMost(Rig.TIME_MAX)
                    .until(() -> look(rig, 0).keySet().stream()
                            .noneMatch(name -> name.startsWith(BitmapName.TEMPORARY_PREFIX)));
            look(rig, 0).forEach((name, bitmap) -> counts.put(new BitmapName(name), bitmap.dirtyBytes()));
            return counts;
        }

        List<BitmapName> recording() {
            return look(rig, 0).values().stream()
                    .filter(ObservedBitmap::recording)
                    .map(bitmap -> new BitmapName(bitmap.name().orElseThrow()))
                    .toList();
        }

        @Override
        public void close() {
            rig.close();
        }
    }
}
