package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.act.repository.ProgressListener;
import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is under way beside QEMU ends when it is to end, and what had to wait begins when it may. */
@Timeout(30)
class RepositoryRunnerTest {
    private static final MachineId MACHINE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final VerifyOperation READING = new VerifyOperation(
            new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FAW"),
            new BackupId("01ARZ3NDEKTSV4RRFFQ69G5FAX"),
            new RepositoryName("default"));

    private final BlockingQueue<RepositoryOperation> run = new LinkedBlockingQueue<>();
    private final BlockingQueue<Report> told = new LinkedBlockingQueue<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final Clockwork clockwork = new HostClockwork();

    private static Desired desired(long version, RepositoryOperation... operations) {
        return new Desired(
                MACHINE,
                new MachineName("web"),
                new HostName("here"),
                version,
                "/run/web.qmp",
                List.of(),
                Optional.empty(),
                List.of(operations));
    }

    private Surroundings surroundings() {
        return new Surroundings(
                new Told(),
                (socket, onEvent, onEnd) -> {
                    throw new AssertionError("nobody needs QEMU for it");
                },
                new Reading(),
                clockwork,
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                CrashHook.NONE);
    }

    @Test
    void a_reading_that_is_to_end_is_interrupted_and_then_run_as_its_abort() throws Exception {
        Signals signals = new Signals(desired(1, READING), clockwork);
        RepositoryRunner runner = new RepositoryRunner(surroundings(), signals);
        runner.run(desired(1, READING));
        assertThat(run.take()).isEqualTo(READING);
        // Still asked for: it goes on.
        runner.run(desired(1, READING));
        assertThat(interrupted.getCount()).isEqualTo(1);
        Desired aborting = desired(2, new AbortOperation(READING));
        runner.run(aborting);
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        while (run.isEmpty()) {
            // As the reconciler does after the hint of the thread that ended.
            signals.await(Duration.ofMillis(50));
            signals.beginPass();
            runner.run(aborting);
        }
        assertThat(run.take()).isEqualTo(new AbortOperation(READING));
        Report report = told.take();
        assertThat(report.results()).singleElement().satisfies(result -> {
            assertThat(result.operation()).isEqualTo(READING.id());
            assertThat(((Outcome.Refused) result.outcome()).code()).isEqualTo(FailureCode.ABORTED);
        });
        assertThat(told).isEmpty();
    }

    @Test
    void what_is_to_end_does_not_wait_for_what_was_asked_for_before_it() throws Exception {
        VerifyOperation second = new VerifyOperation(
                new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FAY"), READING.backup(), READING.repository());
        Desired desired = desired(2, READING, new AbortOperation(second));
        RepositoryRunner runner = new RepositoryRunner(surroundings(), new Signals(desired, clockwork));
        runner.run(desired);
        assertThat(run.take()).isEqualTo(new AbortOperation(second));
    }

    @Test
    void what_had_to_wait_is_taken_although_its_version_is_the_same() {
        Signals signals = new Signals(desired(1), clockwork);
        signals.beginPass();
        signals.offer(desired(1));
        assertThat(signals.isUrgent()).isFalse();
        signals.offer(desired(1, READING));
        assertThat(signals.isUrgent()).isTrue();
        assertThat(signals.desired().repositoryOperations()).containsExactly(READING);
        // An answer that was made before does not take it back.
        signals.take(desired(1));
        assertThat(signals.desired().repositoryOperations()).containsExactly(READING);
        signals.beginPass();
        signals.take(desired(2));
        assertThat(signals.isUrgent()).isFalse();
        signals.take(desired(2, READING));
        assertThat(signals.isUrgent()).isTrue();
    }

    private final class Told extends ToldCoordinator {
        @Override
        void told(Report report) {
            told.add(report);
        }
    }

    private final class Reading extends EmptyStorage {
        @Override
        public Outcome run(RepositoryOperation operation, MachineId machine, ProgressListener progress)
                throws InterruptedException {
            run.add(operation);
            if (operation instanceof AbortOperation) {
                return new Outcome.Refused(FailureCode.ABORTED, "as asked");
            }
            try {
                new CountDownLatch(1).await();
                throw new AssertionError("it never comes");
            } finally {
                interrupted.countDown();
            }
        }
    }
}
