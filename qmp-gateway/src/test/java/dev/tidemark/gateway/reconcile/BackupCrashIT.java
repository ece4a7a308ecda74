package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BitmapName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A gateway that ends in the midst of a backup, and another that finds what is there. */
@Timeout(300)
class BackupCrashIT {
    private static final OptionalLong SLOW = OptionalLong.of(1 << 18);

    /** All that a push backup passes which is not asked to freeze its guest, nor aborted; the drill cuts the others. */
    @ParameterizedTest
    @EnumSource(
            from = "AFTER_WAKE",
            to = "AFTER_DISMISS",
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "BEFORE_SERVER_STARTED",
                "AFTER_SERVER_STARTED",
                "BEFORE_EXPORT",
                "AFTER_EXPORT",
                "BEFORE_EXPORTS_ENDED",
                "AFTER_EXPORTS_ENDED",
                "AFTER_SERVER_STOPPED",
                "BEFORE_FREEZE",
                "AFTER_FREEZE",
                "BEFORE_THAW",
                "AFTER_THAW",
                "JOBS_RUN",
                "BEFORE_CANCEL",
                "AFTER_CANCEL"
            })
    void wherever_the_gateway_ends_the_next_one_completes_the_backup(CrashPoint point) {
        try (Rig rig = new Rig(2)) {
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 1 << 20);
            rig.write(1, 0x12, 0, 1 << 20);
            byte[] content = rig.content(1);
            BackupCheckpoint checkpoint = Operations.checkpoint("first");
            PushBackupOperation operation = Operations.backup(
                    Optional.of(checkpoint),
                    OptionalLong.empty(),
                    Operations.full(rig.disk(0), true, Optional.empty()),
                    Operations.full(rig.disk(1), true, Optional.empty()));
            Crashes crashes = new Crashes(point);
            rig.crash = crashes;
            rig.coordinator.ask(operation);
            crashes.awaitCrash();
            rig.restartGateway();
            assertThat(rig.outcome(operation.id())).isInstanceOf(Outcome.Done.class);
            assertThat(Rig.same(rig.restored(operation.backup(), 1), content)).isTrue();
            rig.assertNothingOfOursButBitmaps();
            assertThat(SecondOpinion.bitmaps(rig, 0))
                    .containsOnlyKeys("tm-" + checkpoint.id().value());
        }
    }

    @Test
    void a_gateway_that_is_stopped_while_it_reads_a_manifest_says_nothing_of_the_backup() throws InterruptedException {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            PushBackupOperation operation = Operations.backup(
                    Optional.empty(), OptionalLong.empty(), Operations.full(rig.disk(0), false, Optional.empty()));
            AtomicBoolean renamed = new AtomicBoolean();
            CountDownLatch stopped = new CountDownLatch(1);
            rig.crash = point -> {
                if (point == CrashPoint.RENAMED) {
                    renamed.set(true);
                } else if (point == CrashPoint.AFTER_LOOK && renamed.get() && stopped.getCount() > 0) {
                    stopped.countDown();
                    Thread.currentThread().interrupt();
                }
            };
            rig.coordinator.ask(operation);
            assertThat(stopped.await(Rig.TIME_MAX.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            rig.restartGateway();
            assertThat(rig.outcome(operation.id())).isInstanceOf(Outcome.Done.class);
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void jobs_that_run_while_the_gateway_restarts_are_adopted() {
        try (Rig rig = new Rig(1)) {
            PushBackupOperation operation = running(rig);
            rig.stopGateway();
            try (RawMonitor bystander = rig.bystander()) {
                assertThat(bystander.execute("{\"execute\":\"query-jobs\"}").toString())
                        .contains(operation.id().value());
            }
            // What was asked for while no gateway was there holds for what it finds.
            rig.limit(OptionalLong.of(1 << 17));
            rig.restartGateway();
            await().atMost(Rig.TIME_MAX).until(() -> rig.speeds().equals(List.of(1L << 17)));
            rig.limit(OptionalLong.empty());
            assertThat(rig.outcome(operation.id())).isInstanceOf(Outcome.Done.class);
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void jobs_that_concluded_while_no_gateway_was_there_become_a_backup() {
        try (Rig rig = new Rig(1)) {
            PushBackupOperation operation = running(rig);
            rig.stopGateway();
            try (RawMonitor bystander = rig.bystander()) {
                unlimit(bystander, operation);
                await().atMost(Rig.TIME_MAX)
                        .until(() -> bystander
                                .execute("{\"execute\":\"query-jobs\"}")
                                .toString()
                                .contains("concluded"));
            }
            rig.restartGateway();
            assertThat(rig.outcome(operation.id())).isInstanceOf(Outcome.Done.class);
        }
    }

    @Test
    void jobs_that_vanished_while_no_gateway_was_there_are_no_backup() {
        try (Rig rig = new Rig(1)) {
            PushBackupOperation operation = running(rig);
            rig.stopGateway();
            try (RawMonitor bystander = rig.bystander()) {
                String job = "tm-" + operation.id() + "-0";
                bystander.execute("{\"execute\":\"job-cancel\",\"arguments\":{\"id\":\"" + job + "\"}}");
                await().atMost(Rig.TIME_MAX)
                        .until(() -> bystander
                                .execute("{\"execute\":\"query-jobs\"}")
                                .toString()
                                .contains("concluded"));
                bystander.execute("{\"execute\":\"job-dismiss\",\"arguments\":{\"id\":\"" + job + "\"}}");
            }
            rig.restartGateway();
            assertRefused(rig.outcome(operation.id()), FailureCode.JOB_GONE);
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_killed_qemu_takes_its_backup_with_it() {
        try (Rig rig = new Rig(1)) {
            PushBackupOperation operation = running(rig);
            rig.daemon.kill();
            rig.daemon.startAgain();
            assertRefused(rig.outcome(operation.id()), FailureCode.JOB_GONE);
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_running_backup_ends_on_request_and_leaves_nothing() {
        try (Rig rig = new Rig(1)) {
            PushBackupOperation operation = running(rig);
            abort(rig, operation);
            assertRefused(rig.outcome(operation.id()), FailureCode.ABORTED);
            rig.assertNothingOfOursButBitmaps();
            assertThat(rig.repository
                            .resolve(rig.machine.value())
                            .resolve(operation.backup().value()))
                    .doesNotExist();
        }
    }

    @Test
    void a_backup_that_ends_on_request_while_no_gateway_was_there_leaves_nothing() {
        try (Rig rig = new Rig(1)) {
            PushBackupOperation operation = running(rig);
            rig.stopGateway();
            abort(rig, operation);
            rig.restartGateway();
            assertRefused(rig.outcome(operation.id()), FailureCode.ABORTED);
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @ParameterizedTest
    @EnumSource(from = "BEFORE_FILES_SYNCED", to = "MANIFEST_WRITTEN")
    void an_end_that_is_asked_for_wins_until_the_directory_has_its_name(CrashPoint point) {
        try (Rig rig = new Rig(1)) {
            PushBackupOperation operation = tracked(rig);
            CountDownLatch asked = new CountDownLatch(1);
            rig.crash = reached -> {
                if (reached == point && asked.getCount() > 0) {
                    abort(rig, operation);
                    asked.countDown();
                    holdUntilInterrupted();
                }
            };
            rig.coordinator.ask(operation);
            assertEndedAndGone(rig, operation);
            assertThat(asked.getCount()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(from = "BEFORE_TARGETS_CLOSED", to = "MANIFEST_WRITTEN")
    void an_end_that_is_asked_for_outlives_the_gateway_that_was_about_to_complete(CrashPoint point) {
        try (Rig rig = new Rig(1)) {
            PushBackupOperation operation = tracked(rig);
            Crashes crashes = new Crashes(point);
            rig.crash = reached -> {
                if (reached == point && crashes.passed(point) == 0) {
                    abort(rig, operation);
                }
                crashes.at(reached);
            };
            rig.coordinator.ask(operation);
            crashes.awaitCrash();
            rig.restartGateway();
            assertEndedAndGone(rig, operation);
        }
    }

    @Test
    void a_backup_whose_directory_had_its_name_when_its_end_was_asked_for_is_a_backup() {
        try (Rig rig = new Rig(1)) {
            PushBackupOperation operation = tracked(rig);
            byte[] content = rig.content(0);
            rig.crash = reached -> {
                if (reached == CrashPoint.RENAMED) {
                    abort(rig, operation);
                }
            };
            rig.coordinator.ask(operation);
            assertThat(rig.outcome(operation.id())).isInstanceOf(Outcome.Done.class);
            assertThat(Rig.same(rig.restored(operation.backup(), 0), content)).isTrue();
            rig.assertNothingOfOursButBitmaps();
        }
    }

    /** The file is made so long that nobody comes to its end: only an interrupted reading can end in time. */
    @Test
    void an_end_that_is_asked_for_while_a_digest_is_read_need_not_wait_for_it_and_no_bit_is_lost() {
        try (Rig rig = new Rig(1)) {
            PushBackupOperation full = tracked(rig);
            BitmapName first = BitmapName.of(full.checkpoint().orElseThrow().id());
            rig.stored(full);
            rig.write(0, 0x22, 1 << 20, 1 << 20);
            BackupCheckpoint second = Operations.checkpoint("second");
            PushBackupOperation ended = Operations.backup(
                    Optional.of(second),
                    OptionalLong.empty(),
                    Operations.incremental(rig.disk(0), full.backup(), List.of(first), true));
            rig.crash = reached -> {
                if (reached == CrashPoint.FILES_SYNCED) {
                    makeEndless(rig.partialDirectories().getFirst().resolve("d0.qcow2"));
                }
            };
            rig.coordinator.ask(ended);
            await().atMost(Rig.TIME_MAX)
                    .until(() -> rig.coordinator.progress().stream()
                            .anyMatch(told -> told.operation().equals(ended.id())
                                    && told.phase().equals("digest")
                                    && told.bytesDone() > 0));
            abort(rig, ended);
            assertEndedAndGone(rig, ended);
            // The next stands on the last good backup, and has what only the checkpoint of the ended one marked.
            rig.crash = CrashHook.NONE;
            rig.write(0, 0x33, 4 << 20, 65536);
            byte[] content = rig.content(0);
            PushBackupOperation next = Operations.backup(
                    Optional.of(Operations.checkpoint("third")),
                    OptionalLong.empty(),
                    Operations.incremental(
                            rig.disk(0), full.backup(), List.of(first, BitmapName.of(second.id())), true));
            rig.stored(next);
            assertThat(Rig.same(rig.restored(next.backup(), 0), content)).isTrue();
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_backup_that_was_to_end_before_it_began_never_begins() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            PushBackupOperation operation = Operations.aborted(Operations.backup(
                    Optional.empty(), OptionalLong.empty(), Operations.full(rig.disk(0), false, Optional.empty())));
            assertRefused(rig.run(operation), FailureCode.ABORTED);
            rig.assertNothingOfOursButBitmaps();
        }
    }

    private static PushBackupOperation tracked(Rig rig) {
        rig.awaitDisks();
        rig.write(0, 0x11, 0, 1 << 20);
        return Operations.backup(
                Optional.of(Operations.checkpoint("first")),
                OptionalLong.empty(),
                Operations.full(rig.disk(0), true, Optional.empty()));
    }

    private static void assertEndedAndGone(Rig rig, PushBackupOperation operation) {
        assertRefused(rig.outcome(operation.id()), FailureCode.ABORTED);
        rig.assertNothingOfOursButBitmaps();
        assertThat(rig.repository
                        .resolve(rig.machine.value())
                        .resolve(operation.backup().value()))
                .doesNotExist();
        assertThat(SecondOpinion.bitmaps(rig, 0))
                .containsKey(
                        BitmapName.of(operation.checkpoint().orElseThrow().id()).value());
    }

    private static void holdUntilInterrupted() {
        try {
            new CountDownLatch(1).await(Rig.TIME_MAX.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }

    private static void makeEndless(Path file) {
        try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw")) {
            target.setLength(1L << 40);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static PushBackupOperation running(Rig rig) {
        rig.awaitDisks();
        rig.write(0, 0x11, 0, 8 << 20);
        PushBackupOperation operation = Operations.backup(
                Optional.of(Operations.checkpoint("first")),
                SLOW,
                Operations.full(rig.disk(0), true, Optional.empty()));
        rig.coordinator.ask(operation);
        rig.awaitSeen(seen -> !seen.jobs().isEmpty());
        await().atMost(Rig.TIME_MAX).until(() -> !rig.coordinator.progress().isEmpty());
        return operation;
    }

    private static void unlimit(RawMonitor bystander, PushBackupOperation operation) {
        bystander.execute("{\"execute\":\"block-job-set-speed\",\"arguments\":{\"device\":\"tm-" + operation.id()
                + "-0\",\"speed\":0}}");
    }

    private static void abort(Rig rig, PushBackupOperation operation) {
        rig.coordinator.change(desired -> FakeCoordinator.with(
                desired,
                desired.disks(),
                desired.operation()
                        .map(pending ->
                                pending instanceof PushBackupOperation backup ? Operations.aborted(backup) : pending),
                desired.repositoryOperations()));
        assertThat(rig.coordinator.desired().operation()).isPresent();
        assertThat(operation.abort()).isFalse();
    }

    private static void assertRefused(Outcome outcome, FailureCode code) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
