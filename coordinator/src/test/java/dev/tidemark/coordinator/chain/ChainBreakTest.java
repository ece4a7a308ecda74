package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.C;
import static dev.tidemark.coordinator.chain.Story.STRANGE;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static dev.tidemark.coordinator.chain.Story.chain;
import static dev.tidemark.coordinator.chain.Story.disk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DriftAction;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftGone;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.event.TrackedDisk;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Situations of {@code qemu-facts.md} §11 on a machine at rest with the chain A, B, C on both disks. */
class ChainBreakTest {
    private static DiskFacts moved(DiskFacts disk, long size, String file, int depth) {
        return new DiskFacts(disk.name(), disk.node(), disk.format(), size, file, depth, true);
    }

    private static Arguments situation(
            String name, UnaryOperator<Look> change, BreakCause cause, List<CheckpointId> spoilt) {
        return arguments(name, change, cause, spoilt);
    }

    static Stream<Arguments> situations() {
        List<CheckpointId> all = List.of(A, B, C);
        return Stream.of(
                situation(
                        "SIGKILL before the first clean close: all gone",
                        look -> look.without(VDA, A).without(VDA, B).without(VDA, C),
                        BreakCause.BITMAP_MISSING,
                        all),
                situation(
                        "SIGKILL after a clean close: all inconsistent",
                        look -> look.inconsistent(VDA, A).inconsistent(VDA, B).inconsistent(VDA, C),
                        BreakCause.BITMAP_INCONSISTENT,
                        all),
                situation("newest missing", look -> look.without(VDA, C), BreakCause.BITMAP_MISSING, all),
                situation("middle missing", look -> look.without(VDA, B), BreakCause.BITMAP_MISSING, List.of(A, B)),
                situation("oldest missing", look -> look.without(VDA, A), BreakCause.BITMAP_MISSING, List.of(A)),
                situation(
                        "middle inconsistent",
                        look -> look.inconsistent(VDA, B),
                        BreakCause.BITMAP_INCONSISTENT,
                        List.of(A, B)),
                situation(
                        "newest does not record",
                        look -> look.recording(VDA, C, false),
                        BreakCause.BITMAP_NOT_RECORDING,
                        all),
                situation(
                        "an older one records instead of the newest",
                        look -> look.recording(VDA, C, false).recording(VDA, B, true),
                        BreakCause.BITMAP_NOT_RECORDING,
                        all),
                situation(
                        "re-made with another granularity",
                        look -> look.granularity(VDA, B, 4096),
                        BreakCause.GRANULARITY_CHANGED,
                        List.of(A, B)),
                situation(
                        "shrunk and grown again: every bitmap lost its canary",
                        look -> look.dirtyBytes(VDA, A, 0).dirtyBytes(VDA, B, 0).dirtyBytes(VDA, C, 0),
                        BreakCause.BITMAP_LOST_BITS,
                        all),
                situation(
                        "a middle one was re-made while it was clean",
                        look -> look.dirtyBytes(VDA, B, 0),
                        BreakCause.BITMAP_LOST_BITS,
                        List.of(A, B)),
                situation(
                        "a canary of sixteen granules was cut in its midst",
                        look -> look.dirtyBytes(VDA, C, Look.GRANULARITY - 4096),
                        BreakCause.BITMAP_LOST_BITS,
                        all),
                situation(
                        "re-made transient", look -> look.transientOnly(VDA, C), BreakCause.BITMAP_NOT_PERSISTENT, all),
                situation(
                        "resized",
                        look -> look.facts(VDA, disk -> moved(disk, Story.SIZE + 512, disk.file(), 0)),
                        BreakCause.VIRTUAL_SIZE_CHANGED,
                        all),
                situation(
                        "shrunk",
                        look -> look.facts(VDA, disk -> moved(disk, Story.SIZE - 512, disk.file(), 0)),
                        BreakCause.VIRTUAL_SIZE_CHANGED,
                        all),
                situation(
                        "another file on top",
                        look -> look.facts(VDA, disk -> moved(disk, Story.SIZE, "/images/overlay.qcow2", 0)),
                        BreakCause.DISK_FILE_CHANGED,
                        all),
                situation(
                        "another layer below",
                        look -> look.facts(VDA, disk -> moved(disk, Story.SIZE, disk.file(), 1)),
                        BreakCause.LAYER_CHANGED,
                        all),
                situation("unplugged", look -> look.unplug(VDA), BreakCause.DISK_GONE, all));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("situations")
    void a_situation_breaks_one_disks_chain_up_to_the_bad_one(
            String name, UnaryOperator<Look> change, BreakCause cause, List<CheckpointId> spoilt) {
        Story story = chain(A, B, C);
        Look look = change.apply(story.expected());
        story.look(look);
        ChainBroken broken = story.only(ChainBroken.class);
        assertThat(broken.cause()).isEqualTo(cause);
        assertThat(broken.disk()).isEqualTo(VDA);
        assertThat(broken.checkpoints()).containsExactlyElementsOf(spoilt);
        assertThat(broken.detail()).isNotBlank();
        assertThat(story.chainOf(VDA))
                .containsExactlyElementsOf(List.of(A, B, C).subList(spoilt.size(), 3));
        assertThat(story.chainOf(VDB)).containsExactly(A, B, C);
        assertThat(story.now().disk(VDA).orElseThrow()).satisfies(disk -> {
            assertThat(disk.unwanted()).containsExactlyElementsOf(spoilt);
            assertThat(disk.lastBreak()).get().returns(cause, Break::cause);
        });
        story.look(look).concluded();
    }

    @Test
    void a_machine_as_expected_leads_to_nothing() {
        Story story = chain(A, B, C);
        story.look(story.expected()).thenNothing();
    }

    @Test
    void what_a_guest_writes_only_adds_to_what_a_bitmap_marks() {
        Story story = chain(A, B);
        story.look(story.expected().dirtyBytes(VDA, B, 7 * Look.GRANULARITY)).thenNothing();
    }

    @Test
    void a_bitmap_that_was_born_without_a_canary_is_not_held_to_one() {
        Story story = chain(A).create(B);
        story.done(story.expected().takenOver(VDA, B).takenOver(VDB, B).dirtyBytes(VDA, B, 0))
                .then(CheckpointCreated.class);
        assertThat(story.only(CheckpointCreated.class).disks())
                .extracting(TrackedDisk::dirtyBytes)
                .containsExactly(OptionalLong.empty(), Look.CANARY);
        story.look(story.expected()).thenNothing();
        assertThat(story.desired().disks().getFirst().chain())
                .extracting(DesiredBitmap::dirtyBytesMin)
                .containsExactly(Look.CANARY, OptionalLong.empty());
    }

    @Test
    void what_was_written_right_after_a_birth_counts_as_born_with_it() {
        Story story = chain(A).create(B);
        story.done(story.expected().takenOver(VDA, B).takenOver(VDB, B).dirtyBytes(VDA, B, 5 * Look.GRANULARITY));
        story.look(story.expected().dirtyBytes(VDA, B, 4 * Look.GRANULARITY));
        assertThat(story.only(ChainBroken.class).cause()).isEqualTo(BreakCause.BITMAP_LOST_BITS);
    }

    @Test
    void a_bitmap_that_took_over_the_bits_of_a_deleted_one_marks_as_much_as_that() {
        Story story = chain(A).create(B);
        story.done(story.expected().takenOver(VDA, B).takenOver(VDB, B).dirtyBytes(VDA, B, 5 * Look.GRANULARITY));
        story.delete(B);
        story.done(story.expected()
                .without(VDA, B)
                .without(VDB, B)
                .recording(VDA, A, true)
                .recording(VDB, A, true)
                .dirtyBytes(VDA, A, 5 * Look.GRANULARITY));
        assertThat(story.chainOf(VDA)).containsExactly(A);
        story.look(story.expected().dirtyBytes(VDA, A, 4 * Look.GRANULARITY));
        assertThat(story.only(ChainBroken.class).cause()).isEqualTo(BreakCause.BITMAP_LOST_BITS);
    }

    @Test
    void a_restarted_qemu_is_recorded_once() {
        Story story = chain(A);
        Look look = story.expected()
                .qemu(new QemuFacts("10.0.0", OptionalLong.of(4712), OptionalLong.of(2), Optional.of("second run")))
                .vouched(VDA, "first run", "second run")
                .vouched(VDB, "first run", "second run");
        story.look(look).then(MachineObserved.class).look(look).thenNothing();
    }

    @ParameterizedTest
    @EnumSource(BreakCause.class)
    void every_break_is_also_a_cause_of_a_full_backup(BreakCause cause) {
        assertThat(FullCause.values()).extracting(FullCause::name).contains(cause.name());
    }

    @Test
    void an_older_bitmap_that_records_too_is_drift_and_the_chain_is_kept() {
        Story story = chain(A, B);
        Look look = story.expected().recording(VDA, A, true);
        DriftFound drift = story.look(look).then(DriftFound.class).only(DriftFound.class);
        assertThat(drift.kind()).isEqualTo(DriftKind.EXTRA_RECORDING);
        assertThat(drift.action()).isEqualTo(DriftAction.DISABLED);
        assertThat(drift.disk()).contains(VDA);
        assertThat(drift.subject()).isEqualTo("tm-" + A);
        assertThat(story.chainOf(VDA)).containsExactly(A, B);
        story.look(look).thenNothing();
    }

    @Test
    void an_unknown_bitmap_of_ours_is_quarantined_once() {
        Story story = chain(A);
        String strange = "tm-" + STRANGE;
        Look look = story.expected().put(VDA, strange, Look.healthy(strange, true));
        DriftFound drift = story.look(look).then(DriftFound.class).only(DriftFound.class);
        assertThat(drift.kind()).isEqualTo(DriftKind.UNKNOWN_BITMAP);
        assertThat(drift.action()).isEqualTo(DriftAction.QUARANTINED);
        story.look(look).thenNothing();
        assertThat(story.now().disk(VDA).orElseThrow().unwanted()).isEmpty();
    }

    @Test
    void our_prefix_with_anything_behind_it_is_quarantined_and_other_names_are_left_alone() {
        Story story = chain(A);
        Look look = story.expected()
                .put(VDA, "tm-nonsense", Look.healthy("tm-nonsense", true))
                .put(VDA, "libvirt-1", Look.healthy("libvirt-1", true))
                .put(VDA, "", new ObservedBitmap(Optional.empty(), true, false, true, false, 65_536, 0));
        assertThat(story.look(look)
                        .then(DriftFound.class)
                        .only(DriftFound.class)
                        .subject())
                .isEqualTo("tm-nonsense");
    }

    @Test
    void a_deleted_bitmap_that_is_back_breaks_the_whole_chain() {
        Story story = chain(A, B, C);
        story.delete(B).done(story.expected().without(VDA, B).without(VDB, B));
        story.look(story.expected().put(VDA, "tm-" + B, Look.healthy("tm-" + B, false)));
        assertThat(story.only(ChainBroken.class)).satisfies(broken -> {
            assertThat(broken.cause()).isEqualTo(BreakCause.DELETED_BITMAP_REAPPEARED);
            assertThat(broken.disk()).isEqualTo(VDA);
            assertThat(broken.checkpoints()).containsExactly(A, C, B);
        });
        assertThat(story.chainOf(VDA)).isEmpty();
    }

    @Test
    void a_bitmap_of_another_disk_breaks_the_chain() {
        Story story = chain(A);
        story.create(B, VDA).done(story.expected().takenOver(VDA, B));
        story.look(story.expected().put(VDB, "tm-" + B, Look.healthy("tm-" + B, true)));
        assertThat(story.only(ChainBroken.class).disk()).isEqualTo(VDB);
    }

    @Test
    void what_a_break_left_behind_is_swept_and_nothing_more_is_concluded_from_it() {
        Story story = chain(A, B);
        Look look = story.expected().inconsistent(VDA, A).inconsistent(VDA, B);
        story.look(look).then(ChainBroken.class, DriftFound.class, DriftFound.class);
        assertThat(story.only(ChainBroken.class).cause()).isEqualTo(BreakCause.BITMAP_INCONSISTENT);
        assertThat(story.outcome().stream()
                        .filter(DriftFound.class::isInstance)
                        .map(event -> ((DriftFound) event).kind()))
                .containsOnly(DriftKind.LEFTOVER_BITMAP);
        story.look(look).thenNothing();
    }

    @Test
    void the_next_creation_forgets_what_was_unwanted() {
        Story story = chain(A);
        story.look(story.expected().without(VDA, A));
        assertThat(story.now().disk(VDA).orElseThrow().unwanted()).containsExactly(A);
        story.create(B).done(story.expected().takenOver(VDA, B).takenOver(VDB, B));
        assertThat(story.now().disk(VDA).orElseThrow().unwanted()).isEmpty();
        story.look(story.expected().put(VDA, "tm-" + A, Look.healthy("tm-" + A, false)));
        assertThat(story.only(ChainBroken.class).cause()).isEqualTo(BreakCause.DELETED_BITMAP_REAPPEARED);
    }

    @Test
    void an_added_disk_has_no_chain() {
        DiskName added = new DiskName("vdc");
        Story story = chain(A);
        story.look(story.expected().plug(disk(added))).then(MachineObserved.class);
        assertThat(story.chainOf(added)).isEmpty();
        assertThat(story.now().disk(added).orElseThrow().firstSeenVersion())
                .isEqualTo(story.now().version());
        assertThat(story.chainOf(VDA)).containsExactly(A);
    }

    @Test
    void a_disk_that_is_plugged_again_does_not_get_its_chain_back() {
        Story story = chain(A);
        Look before = story.expected();
        story.look(story.expected().unplug(VDA)).then(MachineObserved.class, ChainBroken.class);
        assertThat(story.now().presentDisks()).extracting(Disk::name).containsExactly(VDB);
        story.look(story.expected()).thenNothing();
        story.look(before).concluded(MachineObserved.class);
        assertThat(story.chainOf(VDA)).isEmpty();
        assertThat(story.now().presentDisks()).hasSize(2);
        assertThat(story.desired().disks().getFirst().unwanted()).hasSize(1);
    }

    @Test
    void leftovers_are_reported_once_and_those_of_the_running_operation_are_not() {
        Story story = chain(A).create(B);
        String ours = "tm-tmp-" + story.pendingOperation();
        OperationId ended = story.now().intents().getFirst();
        String old = "tm-tmp-" + ended;
        Look look = story.expected()
                .put(VDA, ours, Look.healthy(ours, false))
                .put(VDA, old, Look.healthy(old, false))
                .job(story.jobName())
                .job("tm-" + ended + "-vda")
                .node("tm-" + ended + "-target")
                .node("tm-" + story.pendingOperation() + "-target")
                .export("tm-" + ended)
                .partialBackup("near/" + Story.ulid(7) + ".partial")
                .unaddressable("scsi0-hd0");
        story.look(look);
        assertThat(story.outcome())
                .allSatisfy(event -> assertThat(event).isInstanceOf(DriftFound.class))
                .extracting(event -> ((DriftFound) event).kind())
                .containsExactly(
                        DriftKind.LEFTOVER_BITMAP,
                        DriftKind.LEFTOVER_JOB,
                        DriftKind.LEFTOVER_NODE,
                        DriftKind.LEFTOVER_EXPORT,
                        DriftKind.LEFTOVER_FILES,
                        DriftKind.UNADDRESSABLE_DISK);
        assertThat(story.outcome().getLast())
                .isInstanceOfSatisfying(
                        DriftFound.class, drift -> assertThat(drift.action()).isEqualTo(DriftAction.REPORTED));
        assertThat(DesiredState.after(story.now(), look.seen()).orElseThrow().removable())
                .containsExactlyInAnyOrder(old, "tm-" + ended + "-vda", "tm-" + ended + "-target", "tm-" + ended);
        story.look(look).thenNothing();
    }

    @Test
    void what_carries_the_id_of_an_operation_that_this_log_never_heard_of_is_quarantined() {
        Story story = chain(A);
        String foreign = "tm-tmp-" + Story.ulid(5);
        Look look = story.expected()
                .put(VDA, foreign, Look.healthy(foreign, false))
                .job("tm-" + Story.ulid(6) + "-vda")
                .node("tm-" + Story.ulid(6) + "-target")
                .export("tm-" + Story.ulid(6));
        story.look(look);
        assertThat(story.outcome())
                .extracting(event -> ((DriftFound) event).kind())
                .containsExactly(
                        DriftKind.UNKNOWN_TEMPORARY_BITMAP,
                        DriftKind.UNKNOWN_JOB,
                        DriftKind.UNKNOWN_NODE,
                        DriftKind.UNKNOWN_EXPORT);
        assertThat(story.outcome())
                .allSatisfy(event -> assertThat(((DriftFound) event).action()).isEqualTo(DriftAction.QUARANTINED));
        assertThat(DesiredState.after(story.now(), look.seen()).orElseThrow().removable())
                .isEmpty();
        story.look(look).thenNothing();
    }

    @Test
    void a_frozen_guest_is_told_once_for_each_process_and_never_thawed_by_us() {
        Story story = chain(A);
        story.report(story.expected().seen().withGuestFrozen(Optional.of(true)), Optional.empty());
        assertThat(story.only(DriftFound.class)).satisfies(drift -> {
            assertThat(drift.kind()).isEqualTo(DriftKind.GUEST_FROZEN);
            assertThat(drift.action()).isEqualTo(DriftAction.REPORTED);
        });
        story.report(story.expected().seen().withGuestFrozen(Optional.of(true)), Optional.empty())
                .thenNothing();
        story.report(story.expected().seen().withGuestFrozen(Optional.of(false)), Optional.empty())
                .thenNothing();
        QemuFacts other = new QemuFacts("7.2", OptionalLong.of(77), OptionalLong.of(78), Optional.of("second run"));
        Sight.Observed seen = story.expected()
                .qemu(other)
                .vouched(VDA, "first run", "second run")
                .vouched(VDB, "first run", "second run")
                .seen();
        story.report(seen.withGuestFrozen(Optional.of(true)), Optional.empty());
        assertThat(story.only(DriftFound.class).kind()).isEqualTo(DriftKind.GUEST_FROZEN);
    }

    @Test
    void a_machine_paused_by_an_io_error_is_told_once_each_time_and_its_end_too() {
        Story story = chain(A);
        for (int time = 0; time < 2; time++) {
            // when QEMU pauses it
            assertThat(story.look(story.expected().state("io-error")).only(DriftFound.class))
                    .satisfies(drift -> {
                        assertThat(drift.kind()).isEqualTo(DriftKind.MACHINE_PAUSED);
                        assertThat(drift.action()).isEqualTo(DriftAction.REPORTED);
                    });
            // then it is told once, and shown as long as it lasts
            story.look(story.expected().state("io-error")).thenNothing();
            assertThat(Conclusion.differences(
                            story.now(), story.expected().state("io-error").seen(), AT))
                    .singleElement()
                    .isInstanceOf(DriftFound.class);
            // and it is over when the machine runs again, which is told once too
            assertThat(story.look(story.expected()).only(DriftGone.class).kind())
                    .isEqualTo(DriftKind.MACHINE_PAUSED);
            story.look(story.expected()).thenNothing();
            assertThat(Conclusion.differences(story.now(), story.expected().seen(), AT))
                    .isEmpty();
        }
    }

    @Test
    void a_machine_that_somebody_paused_is_no_drift() {
        Story story = chain(A);
        story.look(story.expected().state("paused")).thenNothing();
    }

    @Test
    void a_pause_of_the_next_process_is_news_even_if_nobody_saw_it_run_between() {
        Story story = chain(A);
        story.look(story.expected().state("io-error"));
        QemuFacts other = new QemuFacts("7.2", OptionalLong.of(77), OptionalLong.of(78), Optional.of("second run"));
        story.look(story.expected()
                .qemu(other)
                .vouched(VDA, "first run", "second run")
                .vouched(VDB, "first run", "second run")
                .state("io-error"));
        assertThat(story.only(DriftFound.class).kind()).isEqualTo(DriftKind.MACHINE_PAUSED);
    }

    @Test
    void a_reconciliation_shows_every_difference_told_before_or_not() {
        Story story = chain(A, B);
        Look look = story.expected().recording(VDA, A, true);
        story.look(look);
        assertThat(Conclusion.differences(story.now(), look.seen(), AT))
                .singleElement()
                .isInstanceOf(DriftFound.class);
        assertThat(Conclusion.differences(
                        story.now(), story.expected().without(VDA, A).seen(), AT))
                .singleElement()
                .isInstanceOf(ChainBroken.class);
        assertThat(Conclusion.differences(story.now(), story.expected().seen(), AT))
                .isEmpty();
        Look migrated = story.expected().without(VDA, A).state("postmigrate");
        assertThat(Conclusion.differences(story.now(), migrated.seen(), AT)).isEmpty();
    }

    @Test
    void a_reconciliation_shows_what_is_wrong_around_a_new_bitmap_too() {
        Story story = chain(A).create(B);
        Look look = story.expected()
                .takenOver(VDA, B)
                .takenOver(VDB, B)
                .granularity(VDA, A, 4096)
                .recording(VDB, B, false);
        assertThat(Conclusion.differences(story.now(), look.seen(), AT).stream()
                        .filter(ChainBroken.class::isInstance)
                        .map(event -> ((ChainBroken) event).disk()))
                .containsExactly(VDA, VDB);
    }
}
