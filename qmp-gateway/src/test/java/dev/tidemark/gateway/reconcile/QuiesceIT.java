package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.FakeGuest;
import dev.tidemark.gateway.testkit.FakeGuest.Manner;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.NewBitmap;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.Consistency;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A real QEMU, and a guest behind a real socket that behaves well or badly. In the end it is always thawed. */
@Timeout(300)
class QuiesceIT {
    private static final Outcome SEEN = new Outcome.Done(new Outcome.Evidence.Seen());

    private final Rig rig = new Rig(1);
    private final FakeGuest guest = FakeGuest.on(rig.files.resolve("ga"));

    QuiesceIT() {
        rig.awaitDisks();
        rig.coordinator.speaksAt(rig.files.resolve("ga"));
    }

    @AfterEach
    void close() {
        try (rig;
                guest) {
            guest.behaves(Manner.PROPER);
            await().atMost(Rig.TIME_MAX).until(() -> !guest.isFrozen() && !rig.coordinator.isFreezeOpen());
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.INCLUDE,
            names = {"PROPER", "LATE", "THAWS_AT_THE_SECOND_TRY"})
    void a_checkpoint_of_a_guest_that_was_frozen_throughout_is_worth_a_frozen_file_system(Manner manner) {
        guest.behaves(manner);
        CheckpointOperation operation = quiesced();
        assertThat(rig.run(operation)).isEqualTo(SEEN);
        assertThat(moment(operation.id())).isEqualTo(Moment.FROZEN);
        assertThat(bitmaps()).contains(operation.bitmap().value());
        assertThat(guest.freezes()).isOne();
        assertThat(guest.isFrozen()).isFalse();
    }

    @Test
    void a_checkpoint_that_asks_for_nothing_leaves_the_guest_alone() {
        rig.checkpoint();
        assertThat(guest.freezes()).isZero();
        assertThat(guest.thaws()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "SILENT, GUEST_AGENT_UNAVAILABLE",
        "GARBLED, GUEST_AGENT_UNAVAILABLE",
        "REFUSES_TO_FREEZE, QUIESCE_FAILED",
        "FREEZES_NOTHING, QUIESCE_FAILED"
    })
    void without_a_frozen_guest_nothing_is_sent_to_qemu(Manner manner, FailureCode code) throws IOException {
        guest.behaves(manner);
        CheckpointOperation checkpoint = quiesced();
        assertThat(rig.run(checkpoint))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
        PushBackupOperation backup = backup();
        assertThat(rig.run(backup))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
        assertThat(bitmaps()).isEmpty();
        assertThat(guest.isFrozen()).isFalse();
        assertThat(Files.exists(rig.backupFile(backup.backup(), 0))).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.INCLUDE,
            names = {"THAWS_EARLY", "THAWS_HALF_EARLY"})
    void an_early_thaw_is_noticed_and_the_checkpoint_is_kept_for_what_it_is(Manner manner) {
        guest.behaves(manner);
        CheckpointOperation operation = quiesced();
        assertThat(rig.run(operation)).isEqualTo(SEEN);
        Moment moment = moment(operation.id());
        assertThat(moment.consistency()).isEqualTo(Consistency.CRASH);
        assertThat(moment.crashCause().orElse("")).contains("the guest thawed before the transaction was over: of 2");
        assertThat(bitmaps()).contains(operation.bitmap().value());
    }

    @Test
    void a_guest_that_somebody_else_froze_is_told_and_not_thawed() {
        guest.freezeByHand();
        CheckpointOperation operation = quiesced();
        assertThat(rig.run(operation)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(FailureCode.QUIESCE_FAILED);
            assertThat(refused.detail()).contains("nobody in this log froze them");
        });
        rig.restartGateway();
        rig.awaitSeen(seen -> seen.guestFrozen().equals(Optional.of(true)));
        assertThat(guest.isFrozen()).isTrue();
        assertThat(guest.thaws()).isZero();
        guest.thawByHand();
    }

    @Test
    void an_agent_that_dies_frozen_costs_the_verdict_and_the_guest_is_thawed_when_it_is_back() {
        guest.behaves(Manner.DIES_FROZEN);
        CheckpointOperation operation = quiesced();
        assertThat(rig.run(operation)).isEqualTo(SEEN);
        assertThat(guest.isFrozen()).isTrue();
        assertThat(rig.coordinator.isFreezeOpen()).isTrue();
        guest.behaves(Manner.PROPER);
        Moment moment = moment(operation.id());
        assertThat(moment.crashCause().orElse("")).contains("could not be thawed at once");
        assertThat(guest.isFrozen()).isFalse();
    }

    @Test
    void a_transaction_that_qemu_refuses_leaves_a_thawed_guest_and_no_checkpoint() {
        CheckpointOperation plain = quiesced();
        List<NewBitmap> impossible = plain.disks().stream()
                .map(disk -> new NewBitmap(disk.disk(), Optional.of(Operations.bitmap())))
                .toList();
        Outcome outcome = rig.run(new CheckpointOperation(plain.id(), plain.bitmap(), impossible, true));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(FailureCode.QEMU_REFUSED));
        // With canaries and without.
        assertThat(guest.freezes()).isEqualTo(2);
        assertThat(guest.isFrozen()).isFalse();
        assertThat(bitmaps()).isEmpty();
    }

    @Test
    void a_backup_of_a_frozen_guest_says_so_in_its_manifest() throws IOException {
        rig.write(0, 7, 0, 1 << 20);
        PushBackupOperation backup = backup();
        assertThat(rig.run(backup)).isInstanceOf(Outcome.Done.class);
        assertThat(moment(backup.id())).isEqualTo(Moment.FROZEN);
        assertThat(guest.freezes()).isOne();
        assertThat(guest.isFrozen()).isFalse();
        assertThat(manifest(backup)).contains("\"FILESYSTEM\"");
        guest.behaves(Manner.THAWS_EARLY);
        PushBackupOperation early = backup();
        assertThat(rig.run(early)).isInstanceOf(Outcome.Done.class);
        assertThat(manifest(early)).contains("\"CRASH\"").contains("the guest thawed before");
    }

    @ParameterizedTest
    @CsvSource({
        "AFTER_FREEZE, false",
        "BEFORE_TRANSACTION, false",
        "AFTER_FREEZE, true",
        "TRANSACTION_SENT, false",
        "TRANSACTION_SENT, true",
    })
    @Covers("#29")
    void a_gateway_that_died_while_the_guest_was_frozen_thaws_it_first(CrashPoint point, boolean backup) {
        // given: a process that is gone reaches no agent any more
        Crashes crashes = new Crashes(point);
        rig.crash = reached -> {
            try {
                crashes.at(reached);
            } catch (Crashes.Crash crash) {
                guest.behaves(Manner.SILENT);
                throw crash;
            }
        };
        if (backup) {
            rig.coordinator.ask(backup());
        } else {
            rig.coordinator.ask(quiesced());
        }
        crashes.awaitCrash();
        await().atMost(Rig.TIME_MAX).until(() -> guest.heard().getLast().contains("guest-sync"));
        rig.stopGateway();
        assertThat(guest.isFrozen()).isTrue();
        assertThat(rig.coordinator.isFreezeOpen()).isTrue();
        // when: the next one finds no QEMU that answers
        rig.crash = CrashHook.NONE;
        rig.daemon.pause();
        guest.behaves(Manner.PROPER);
        rig.restartImpatiently();
        // then
        await().atMost(Rig.TIME_MAX).until(() -> !guest.isFrozen());
        rig.daemon.resume();
        await().atMost(Rig.TIME_MAX).until(() -> !rig.coordinator.isPending());
    }

    @Test
    void a_log_that_says_that_the_guest_may_be_frozen_is_cleared_by_a_look_at_it() {
        OperationId ended = Operations.operation();
        rig.coordinator.frozenBy(ended);
        assertThat(moment(ended).consistency()).isEqualTo(Consistency.CRASH);
        assertThat(guest.thaws()).isZero();
    }

    private CheckpointOperation quiesced() {
        CheckpointOperation plain = rig.checkpointOperation();
        return new CheckpointOperation(plain.id(), plain.bitmap(), plain.disks(), true);
    }

    private PushBackupOperation backup() {
        return Operations.quiesced(Operations.backup(
                Optional.empty(), OptionalLong.empty(), Operations.full(rig.disk(0), false, Optional.empty())));
    }

    private Moment moment(OperationId operation) {
        await().atMost(Rig.TIME_MAX)
                .until(() -> rig.coordinator.moment(operation).isPresent());
        return rig.coordinator.moment(operation).orElseThrow();
    }

    private List<String> bitmaps() {
        return SecondOpinion.bitmaps(rig, 0).keySet().stream()
                .filter(BitmapName::isCheckpointBitmap)
                .toList();
    }

    private String manifest(PushBackupOperation backup) throws IOException {
        return Files.readString(rig.backupFile(backup.backup(), 0).resolveSibling("manifest.json"));
    }
}
