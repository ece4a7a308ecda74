package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.act.repository.OpenExport;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.gateway.trail.WorkWatch;
import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Origin;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.ExportTerms;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the log says is served is, and nothing else is; whatever ends it is told, once. */
@Timeout(60)
class ExportRunnerTest {
    private static final MachineId MACHINE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final OperationId ID = new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FAW");
    private static final OperationId STRAY = new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FAZ");
    private static final DiskName VDA = new DiskName("vda");
    private static final List<ReadyDisk> PLACES = List.of(new ReadyDisk(VDA, "nbd:here", Optional.empty(), 512));

    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> came = new LinkedBlockingQueue<>();
    private final BlockingQueue<OperationResult> told = new LinkedBlockingQueue<>();
    private final List<OperationId> left = new ArrayList<>();
    private volatile Duration clockSetBy = Duration.ZERO;
    private volatile Duration passed = Duration.ZERO;
    private final Clockwork clockwork = new HostClockwork() {
        @Override
        public long nanoTime() {
            return super.nanoTime() + passed.toNanos();
        }

        @Override
        public Instant now() {
            return super.now().plus(clockSetBy);
        }
    };
    private volatile boolean linkDown;
    private volatile boolean opens = true;
    private volatile boolean keyless;
    private volatile boolean stubborn;
    private volatile long room = Long.MAX_VALUE;
    private volatile Optional<String> fault = Optional.empty();
    private volatile Runnable onEnd = () -> {};

    private final Signals signals = new Signals(desired(1), clockwork);
    private final Surroundings surroundings = new Surroundings(
            new Told(),
            (socket, onEvent, onEnd) -> {
                throw new AssertionError("nobody needs QEMU for it");
            },
            new Serves(),
            clockwork,
            Duration.ofSeconds(30),
            Duration.ofMinutes(10),
            CrashHook.NONE,
            Surroundings.guestAgentOfThisHost(PeerUsers.usual()),
            this::errand);
    private final ExportRunner runner =
            new ExportRunner(surroundings, signals, new ResultReport(surroundings, signals));

    private WorkWatch.Errand errand(String kind, Optional<Origin> origin) {
        return outcome ->
                came.add(kind + " of request " + origin.flatMap(Origin::request).orElse("none") + ": " + outcome);
    }

    private static RestoreExportOperation export(Instant leaseUntil, boolean writable) {
        return new RestoreExportOperation(
                ID,
                new BackupId("01ARZ3NDEKTSV4RRFFQ69G5FAX"),
                new RepositoryName("default"),
                List.of(VDA),
                new ExportTerms("00ff", leaseUntil, writable),
                List.of(),
                false);
    }

    private static RestoreExportOperation export() {
        return export(Instant.now().plusSeconds(3_600), false);
    }

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

    private void opened(RestoreExportOperation export) throws InterruptedException {
        opened(2, export);
    }

    private void opened(long version, RestoreExportOperation export) throws InterruptedException {
        runner.run(desired(version, export));
        assertThat(done.take()).isEqualTo("opened");
        assertThat(told.take()).isEqualTo(new OperationResult(ID, new Outcome.Done(new Evidence.Exported(PLACES))));
    }

    private FailureCode refusal() throws InterruptedException {
        return ((Outcome.Refused) told.take().outcome()).code();
    }

    private void assertOver() throws InterruptedException {
        runner.stop(false);
        assertThat(done).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void what_was_left_and_does_not_end_is_ended_later() throws Exception {
        left.add(STRAY);
        stubborn = true;
        runner.run(desired(2));
        assertThat(done.take()).isEqualTo("did not end what was left of " + STRAY);
        stubborn = false;
        runner.run(desired(2));
        assertThat(done.take()).isEqualTo("ended what was left of " + STRAY);
        runner.run(desired(2));
        assertOver();
    }

    @Test
    void a_clock_that_is_set_a_year_forward_ends_no_lease() throws Exception {
        RestoreExportOperation export = export(Instant.now().plusSeconds(3_600), true);
        opened(export);
        clockSetBy = Duration.ofDays(365);
        runner.run(desired(3, export.openedAt(PLACES)));
        assertThat(done.poll(1_500, TimeUnit.MILLISECONDS))
                .as("it is looked at every second")
                .isNull();
        runner.run(desired(4, export.openedAt(PLACES).toEnd()));
        assertThat(done.take()).isEqualTo("ended");
        assertThat(told.take().outcome()).isEqualTo(new Outcome.Done(new Evidence.Closed()));
        assertOver();
    }

    @Test
    void a_lease_ends_when_its_time_is_over_although_the_clock_was_set_back() throws Exception {
        opened(export(Instant.now().plusSeconds(3_600), true));
        clockSetBy = Duration.ofHours(-1);
        passed = Duration.ofHours(1);
        assertThat(done.take()).isEqualTo("ended");
        assertThat(refusal()).isEqualTo(FailureCode.LEASE_EXPIRED);
        assertOver();
    }

    @Test
    void whoever_follows_the_work_is_told_whose_request_it_was_and_how_it_ended() throws Exception {
        RestoreExportOperation export = export();
        runner.run(desired(2, export).from(List.of(new Origin(ID, Optional.of("r1"), Optional.empty()))));
        assertThat(done.take()).isEqualTo("opened");
        assertThat(told.take().outcome()).isInstanceOf(Outcome.Done.class);
        assertThat(came).isEmpty();
        runner.run(desired(3, export.openedAt(PLACES).toEnd()));
        assertThat(done.take()).isEqualTo("ended");
        assertThat(told.take().outcome()).isEqualTo(new Outcome.Done(new Evidence.Closed()));
        assertThat(came.take()).isEqualTo("RestoreExport of request r1: DONE");
        assertOver();
    }

    @Test
    void it_is_opened_once_however_often_it_is_asked_for_and_ended_when_that_is_asked_for() throws Exception {
        RestoreExportOperation export = export();
        opened(export);
        runner.run(desired(3, export.openedAt(PLACES)));
        runner.run(desired(4, export.openedAt(PLACES).toEnd()));
        assertThat(done.take()).isEqualTo("ended");
        assertThat(told.take().outcome()).isEqualTo(new Outcome.Done(new Evidence.Closed()));
        // an old desired state that still lists it
        runner.run(desired(4, export.openedAt(PLACES).toEnd()));
        signals.awaitHint(Duration.ofSeconds(30));
        runner.run(desired(4, export.openedAt(PLACES).toEnd()));
        assertOver();
    }

    @Test
    void an_abort_ends_it_also_before_it_is_opened() throws Exception {
        RestoreExportOperation export = export();
        opened(export);
        runner.run(desired(3, new AbortOperation(export)));
        assertThat(done.take()).isEqualTo("ended");
        assertThat(refusal()).isEqualTo(FailureCode.ABORTED);
        signals.awaitHint(Duration.ofSeconds(30));
        runner.run(desired(4));
        runner.run(desired(5, new AbortOperation(export)));
        assertThat(done.take()).isEqualTo("ended what was left of " + ID);
        assertThat(refusal()).isEqualTo(FailureCode.ABORTED);
        assertOver();
    }

    @Test
    void an_older_desired_state_ends_nothing() throws Exception {
        opened(export());
        runner.run(desired(1));
        runner.run(desired(2, export()));
        assertThat(done).isEmpty();
        runner.run(desired(3));
        assertThat(done.take()).isEqualTo("ended");
        assertOver();
    }

    @Test
    void what_the_log_says_has_ended_ends_and_nobody_is_told() throws Exception {
        opened(export());
        runner.run(desired(3));
        assertThat(done.take()).isEqualTo("ended");
        assertOver();
    }

    @Test
    void a_lease_ends_it_also_while_the_coordinator_cannot_be_told_that_it_was_opened() throws Exception {
        linkDown = true;
        runner.run(desired(2, export()));
        assertThat(done.take()).isEqualTo("opened");
        passed = Duration.ofHours(1);
        assertThat(done.take()).isEqualTo("ended");
        assertThat(told).isEmpty();
        linkDown = false;
        assertThat(refusal()).isEqualTo(FailureCode.LEASE_EXPIRED);
        assertOver();
    }

    @Test
    void a_server_that_vanishes_and_room_that_runs_out_end_it() throws Exception {
        opened(export());
        fault = Optional.of("killed by a stranger");
        onEnd.run();
        assertThat(done.take()).isEqualTo("ended");
        assertThat(refusal()).isEqualTo(FailureCode.EXPORT_GONE);
        // The thread that served it is over with it.
        signals.awaitHint(Duration.ofSeconds(30));
        runner.run(desired(3));
        fault = Optional.empty();
        opened(4, export(Instant.now().plusSeconds(3_600), true));
        room = 4_096;
        assertThat(done.take()).isEqualTo("ended");
        assertThat(refusal()).isEqualTo(FailureCode.SCRATCH_FULL);
        assertOver();
    }

    @Test
    void one_that_cannot_be_opened_is_refused() throws Exception {
        opens = false;
        runner.run(desired(2, export()));
        assertThat(refusal()).isEqualTo(FailureCode.BACKUP_DAMAGED);
        assertOver();
    }

    @Test
    void a_gateway_that_comes_back_without_the_key_keeps_what_clients_wrote_until_that_is_to_end() throws Exception {
        RestoreExportOperation written = export(Instant.now().plusSeconds(3_600), true);
        keyless = true;
        left.add(ID);
        runner.run(desired(2, written.openedAt(PLACES)));
        assertThat(done.take()).isEqualTo("has no key");
        runner.run(desired(3, written.openedAt(PLACES)));
        runner.stop(false);
        assertThat(left).containsExactly(ID);
        assertThat(told).isEmpty();
        // With the key it goes on where it was; without it, it ends when it is asked to.
        ExportRunner next = new ExportRunner(surroundings, signals, new ResultReport(surroundings, signals));
        next.run(desired(4, written.openedAt(PLACES)));
        assertThat(done.take()).isEqualTo("has no key");
        next.run(desired(5, written.openedAt(PLACES).toEnd()));
        assertThat(done.take()).isEqualTo("ended what was left of " + ID);
        assertThat(told.take().outcome()).isEqualTo(new Outcome.Done(new Evidence.Closed()));
        assertThat(left).isEmpty();
        next.stop(false);
    }

    @Test
    void an_export_to_which_nobody_wrote_is_refused_without_a_key() throws Exception {
        keyless = true;
        runner.run(desired(2, export(Instant.now().plusSeconds(3_600), true)));
        assertThat(refusal()).isEqualTo(FailureCode.KEY_MISSING);
    }

    @Test
    void a_gateway_that_stops_leaves_what_clients_wrote_unless_the_machine_has_left() throws Exception {
        opened(export());
        runner.stop(false);
        assertThat(done.take()).isEqualTo("left");
        assertThat(told).isEmpty();
        ExportRunner next = new ExportRunner(surroundings, signals, new ResultReport(surroundings, signals));
        left.add(ID);
        next.run(desired(3, export().openedAt(PLACES)));
        assertThat(done.take()).isEqualTo("opened");
        assertThat(told.take().outcome()).isEqualTo(new Outcome.Done(new Evidence.Exported(PLACES)));
        next.stop(true);
        assertThat(done.take()).isEqualTo("ended");
        assertOver();
    }

    @Test
    void what_was_left_and_is_not_asked_for_any_more_is_ended() throws Exception {
        left.add(ID);
        left.add(STRAY);
        RestoreExportOperation ending = export().openedAt(PLACES).toEnd();
        runner.run(desired(2, ending));
        assertThat(done.take()).isEqualTo("ended what was left of " + STRAY);
        assertThat(done.take()).isEqualTo("ended what was left of " + ID);
        assertThat(told.take().outcome()).isEqualTo(new Outcome.Done(new Evidence.Closed()));
        assertOver();
    }

    private final class Told extends ToldCoordinator {
        @Override
        void told(Report report) throws LinkException {
            if (linkDown) {
                throw new LinkException("down");
            }
            told.addAll(report.results());
        }
    }

    private final class Open implements OpenExport {
        @Override
        public List<ReadyDisk> disks() {
            return PLACES;
        }

        @Override
        public Optional<String> fault() {
            return fault;
        }

        @Override
        public void onEnd(Runnable listener) {
            onEnd = listener;
        }

        @Override
        public OptionalLong room() {
            return OptionalLong.of(room);
        }

        @Override
        public void leave() {
            done.add("left");
        }

        @Override
        public void end() {
            done.add("ended");
        }
    }

    private final class Serves extends EmptyStorage {
        @Override
        public OpenExport export(RestoreExportOperation operation, MachineId machine) throws RepositoryException {
            if (!opens) {
                throw new RepositoryException(FailureCode.BACKUP_DAMAGED, "as played");
            }
            if (keyless) {
                done.add("has no key");
                throw new RepositoryException(FailureCode.KEY_MISSING, "as played");
            }
            done.add("opened");
            return new Open();
        }

        @Override
        public List<OperationId> exportsLeft(MachineId machine) {
            return List.copyOf(left);
        }

        @Override
        public void endLeft(MachineId machine, OperationId export) throws RepositoryException {
            if (stubborn) {
                done.add("did not end what was left of " + export);
                throw new RepositoryException(FailureCode.REPOSITORY_FAILED, "it does not end");
            }
            left.remove(export);
            done.add("ended what was left of " + export);
        }
    }
}
