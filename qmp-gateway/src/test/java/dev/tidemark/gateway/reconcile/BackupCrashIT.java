package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.FailureCode;
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
@Timeout(120)
class BackupCrashIT {
    private static final OptionalLong SLOW = OptionalLong.of(1 << 20);

    @ParameterizedTest
    @EnumSource(
            from = "AFTER_WAKE",
            to = "AFTER_DISMISS",
            mode = EnumSource.Mode.EXCLUDE,
            names = {"JOBS_RUN", "BEFORE_CANCEL", "AFTER_CANCEL"})
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
            assertThat(SecondOpinion.bitmaps(rig, 0))
                    .containsOnlyKeys("tm-" + checkpoint.id().value());
            rig.assertNothingOfOursButBitmaps();
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
            assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
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
                unlimit(bystander, operation);
            }
            rig.restartGateway();
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

    @Test
    void a_backup_that_had_completed_when_its_end_was_asked_for_is_a_backup() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            PushBackupOperation operation = Operations.backup(
                    Optional.empty(), OptionalLong.empty(), Operations.full(rig.disk(0), false, Optional.empty()));
            Crashes crashes = new Crashes(CrashPoint.BEFORE_TARGETS_CLOSED);
            rig.crash = crashes;
            rig.coordinator.ask(operation);
            crashes.awaitCrash();
            rig.stopGateway();
            abort(rig, operation);
            rig.restartGateway();
            assertThat(rig.outcome(operation.id())).isInstanceOf(Outcome.Done.class);
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
