package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.BitmapDeletion;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.NewBitmap;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is there × what is asked for → the next step. */
class DecisionTest {
    private static final DiskName VDA = new DiskName("vda");
    private static final DiskName VDB = new DiskName("vdb");
    private static final BitmapName A = Operations.bitmap();
    private static final BitmapName B = Operations.bitmap();
    private static final BitmapName NEW = Operations.bitmap();

    private final Map<DiskName, List<DesiredBitmap>> chains = new TreeMap<>(Map.of(VDA, chain(A, B), VDB, chain(A, B)));
    private final Map<DiskName, List<ObservedBitmap>> seen =
            new TreeMap<>(Map.of(VDA, seenChain(A, B), VDB, seenChain(A, B)));
    private final List<ObservedJob> jobs = new ArrayList<>();
    private final List<String> partials = new ArrayList<>();
    private final List<String> exports = new ArrayList<>();
    private String runState = "running";
    private long size = 1 << 20;

    @Test
    void nothing_is_asked_for() {
        assertThat(decide(Optional.empty(), BackupFindings.NONE)).isInstanceOf(Next.Nothing.class);
    }

    @Test
    void a_checkpoint_that_is_not_there_is_sent() {
        assertThat(decide(create())).isInstanceOf(Next.Run.class);
    }

    @Test
    void a_checkpoint_that_is_there_is_seen() {
        for (DiskName disk : List.of(VDA, VDB)) {
            seen.put(disk, List.of(bitmap(A, false), bitmap(B, false), bitmap(NEW, true)));
        }
        assertSeen(decide(create()));
    }

    @Test
    void a_checkpoint_that_is_there_on_one_disk_only_was_executed_and_is_not_sent_again() {
        seen.put(VDA, List.of(bitmap(A, false), bitmap(B, false), bitmap(NEW, true)));
        assertSeen(decide(create()));
    }

    @Test
    void a_checkpoint_is_not_sent_to_a_disk_that_changed() {
        size = 2 << 20;
        assertBlocked(decide(create()), VDA);
    }

    @Test
    void a_checkpoint_is_not_sent_when_a_bitmap_of_the_chain_is_missing() {
        seen.put(VDB, seenChain(B));
        assertBlocked(decide(create()), VDB);
    }

    @Test
    void a_checkpoint_is_not_sent_when_the_newest_does_not_record() {
        seen.put(VDB, List.of(bitmap(A, false), bitmap(B, false)));
        assertBlocked(decide(create()), VDB);
    }

    @Test
    void a_broken_disk_that_is_no_part_of_it_is_in_nobodys_way() {
        seen.put(VDB, List.of());
        assertThat(decide(new CheckpointOperation(
                        Operations.operation(), NEW, List.of(new NewBitmap(VDA, Optional.of(B))))))
                .isInstanceOf(Next.Run.class);
    }

    @Test
    void a_machine_that_migrated_away_is_not_asked_for_anything() {
        runState = "postmigrate";
        assertThat(decide(create())).isInstanceOf(Next.Blocked.class);
    }

    @Test
    void an_operation_that_has_lost_its_disks_has_nothing_to_do() {
        assertRefused(
                decide(new CheckpointOperation(Operations.operation(), NEW, List.of())), FailureCode.NOTHING_TO_DO);
    }

    @Test
    void a_deletion_of_what_is_there_is_sent() {
        assertThat(decide(delete(Optional.of(A), true))).isInstanceOf(Next.Run.class);
    }

    @Test
    void a_deletion_is_done_when_the_one_before_took_over() {
        DeletionOperation deletion = delete(Optional.of(A), true);
        seen.replaceAll((disk, bitmaps) -> List.of(bitmap(A, true), mark(deletion)));
        assertSeen(decide(deletion));
    }

    @Test
    void a_deletion_without_our_mark_is_somebody_elses() {
        DeletionOperation deletion = delete(Optional.of(A), true);
        seen.replaceAll((disk, bitmaps) -> List.of(bitmap(A, true)));
        assertRefused(decide(deletion), FailureCode.EVIDENCE_CHANGED);
        seen.put(VDA, List.of(bitmap(A, true), mark(deletion)));
        assertRefused(decide(deletion), FailureCode.EVIDENCE_CHANGED);
    }

    @Test
    void a_bitmap_that_vanished_without_handing_over_is_no_deletion_of_ours() {
        DeletionOperation deletion = delete(Optional.of(A), true);
        seen.replaceAll((disk, bitmaps) -> List.of(bitmap(A, false), mark(deletion)));
        assertThat(decide(deletion)).isInstanceOf(Next.Blocked.class);
        seen.replaceAll((disk, bitmaps) -> List.of(mark(deletion)));
        assertThat(decide(deletion)).isInstanceOf(Next.Blocked.class);
    }

    @Test
    void a_deletion_without_a_one_before_is_done_when_the_bitmap_is_gone() {
        seen.replaceAll((disk, bitmaps) -> List.of(bitmap(B, true)));
        DeletionOperation first = new DeletionOperation(
                Operations.operation(),
                A,
                List.of(
                        new BitmapDeletion(VDA, Optional.empty(), false),
                        new BitmapDeletion(VDB, Optional.empty(), false)));
        assertSeen(decide(first));
    }

    @Test
    void a_deletion_is_not_sent_when_a_disk_lost_the_bitmap_by_itself() {
        seen.put(VDA, List.of(bitmap(A, true)));
        assertBlocked(decide(delete(Optional.of(A), true)), VDA);
    }

    @Test
    void a_disk_that_is_gone_is_no_disk_whose_bitmap_was_deleted() {
        seen.remove(VDB);
        seen.put(VDA, List.of(bitmap(A, true)));
        assertThat(decide(delete(Optional.of(A), true))).isInstanceOf(Next.Blocked.class);
    }

    @Test
    void a_backup_of_which_nothing_is_there_starts() {
        assertThat(decide(backup())).isInstanceOf(Next.Start.class);
    }

    @Test
    void a_backup_that_does_not_fit_what_is_there_does_not_start() {
        seen.put(VDA, seenChain(B));
        assertBlocked(decide(backup()), VDA);
    }

    @Test
    void jobs_that_run_are_followed() {
        PushBackupOperation backup = backup();
        job(backup, 0, "running", Optional.empty());
        job(backup, 1, "concluded", Optional.empty());
        assertThat(decide(backup)).isInstanceOf(Next.Follow.class);
    }

    @Test
    void jobs_that_all_concluded_make_a_backup() {
        PushBackupOperation backup = backup();
        job(backup, 0, "concluded", Optional.empty());
        job(backup, 1, "concluded", Optional.empty());
        assertThat(decide(backup)).isInstanceOf(Next.Finish.class);
    }

    @Test
    void an_end_that_is_asked_for_when_all_jobs_concluded_wins_as_long_as_there_is_no_backup() {
        PushBackupOperation backup = Operations.aborted(backup());
        job(backup, 0, "concluded", Optional.empty());
        job(backup, 1, "concluded", Optional.empty());
        assertThat(decide(backup))
                .isInstanceOfSatisfying(
                        Next.PutAway.class,
                        putAway -> assertThat(putAway.outcome())
                                .isInstanceOfSatisfying(
                                        Outcome.Refused.class,
                                        refused -> assertThat(refused.code()).isEqualTo(FailureCode.ABORTED)));
    }

    @Test
    void one_failed_job_ends_the_others_and_then_the_backup() {
        PushBackupOperation backup = backup();
        job(backup, 0, "concluded", Optional.of("No space left on device"));
        job(backup, 1, "running", Optional.empty());
        assertThat(decide(backup)).isInstanceOfSatisfying(Next.Cancel.class, cancel -> {
            assertThat(cancel.jobs()).containsExactly(QemuNames.job(backup.id(), 1));
            assertThat(cancel.because().code()).isEqualTo(FailureCode.JOB_FAILED);
            assertThat(cancel.because().disk()).contains(VDA);
        });
        jobs.removeLast();
        job(backup, 1, "concluded", Optional.of("Operation canceled"));
        assertRefused(decide(backup), FailureCode.JOB_FAILED);
    }

    @Test
    void a_missing_job_is_no_success_of_the_others() {
        PushBackupOperation backup = backup();
        job(backup, 1, "concluded", Optional.empty());
        assertRefused(decide(backup), FailureCode.JOB_GONE);
    }

    @Test
    void an_end_that_is_asked_for_cancels_what_runs_and_then_puts_away() {
        PushBackupOperation backup = Operations.aborted(backup());
        job(backup, 0, "running", Optional.empty());
        job(backup, 1, "running", Optional.empty());
        assertThat(decide(backup))
                .isInstanceOfSatisfying(
                        Next.Cancel.class, cancel -> assertThat(cancel.jobs()).hasSize(2));
        jobs.clear();
        job(backup, 0, "concluded", Optional.of("Operation canceled"));
        job(backup, 1, "concluded", Optional.of("Operation canceled"));
        assertThat(decide(backup))
                .isInstanceOfSatisfying(
                        Next.PutAway.class,
                        putAway -> assertThat(putAway.outcome())
                                .isInstanceOfSatisfying(
                                        Outcome.Refused.class,
                                        refused -> assertThat(refused.code()).isEqualTo(FailureCode.ABORTED)));
    }

    @Test
    void a_started_backup_without_jobs_has_lost_them() {
        assertRefused(decide(Operations.started(backup())), FailureCode.JOB_GONE);
    }

    @Test
    void a_backup_whose_checkpoint_is_there_was_executed_and_has_lost_its_jobs() {
        seen.put(VDA, List.of(bitmap(A, false), bitmap(B, false), bitmap(NEW, true)));
        assertRefused(decide(backup()), FailureCode.JOB_GONE);
    }

    @Test
    void a_temporary_bitmap_without_jobs_tells_that_they_are_lost() {
        PushBackupOperation backup = backup();
        List<ObservedBitmap> bitmaps = new ArrayList<>(seenChain(A, B));
        bitmaps.add(new ObservedBitmap(
                Optional.of(BitmapName.temporary(backup.id())), false, false, false, false, 65536, 0));
        seen.put(VDB, bitmaps);
        assertRefused(decide(backup), FailureCode.JOB_GONE);
    }

    @Test
    void a_manifest_in_the_repository_is_a_backup_whatever_qemu_shows() {
        PushBackupOperation backup = Operations.aborted(backup());
        job(backup, 0, "concluded", Optional.empty());
        Next next = decide(
                Optional.of(backup),
                new BackupFindings(Optional.of(new Evidence.Stored(List.of())), List.of(), Optional.empty()));
        assertThat(next)
                .isInstanceOfSatisfying(
                        Next.PutAway.class,
                        putAway -> assertThat(putAway.outcome())
                                .isEqualTo(new Outcome.Done(new Evidence.Stored(List.of()))));
    }

    @Test
    void a_verdict_that_fell_is_not_overturned_by_a_job_that_concludes_well() {
        PushBackupOperation backup = backup();
        job(backup, 0, "concluded", Optional.empty());
        job(backup, 1, "concluded", Optional.empty());
        Outcome.Refused verdict = new Outcome.Refused(FailureCode.EVIDENCE_CHANGED, "another layer on top");
        Next next = decide(Optional.of(backup), new BackupFindings(Optional.empty(), List.of(), Optional.of(verdict)));
        assertThat(next).isEqualTo(new Next.Conclude(verdict));
    }

    @Test
    void a_pull_is_served_when_its_jobs_run_and_ready_when_every_export_is_there() {
        PullBackupOperation pull = pull(false, false, false);
        job(pull, 0, "running", Optional.empty());
        job(pull, 1, "running", Optional.empty());
        assertThat(decide(pull)).isInstanceOf(Next.Serve.class);
        export(pull, 0);
        assertThat(decide(pull)).isInstanceOf(Next.Serve.class);
        export(pull, 1);
        assertThat(decide(pull)).isEqualTo(new Next.Conclude(new Outcome.Done(new Evidence.Exported(List.of()))));
        assertThat(decide(readier(pull, false))).isInstanceOf(Next.Follow.class);
        assertSeen(decide(readier(pull, true)));
    }

    @Test
    void a_pull_whose_job_ended_is_no_success_whatever_its_client_says() {
        for (Optional<String> error : List.of(Optional.of("Operation canceled"), Optional.<String>empty())) {
            jobs.clear();
            exports.clear();
            PullBackupOperation pull = pull(true, true, false);
            job(pull, 0, "concluded", error);
            job(pull, 1, "running", Optional.empty());
            export(pull, 0);
            export(pull, 1);
            assertThat(decide(pull)).isInstanceOfSatisfying(Next.Cancel.class, cancel -> {
                assertThat(cancel.jobs()).containsExactly(QemuNames.job(pull.id(), 1));
                assertThat(cancel.because().code()).isEqualTo(FailureCode.JOB_FAILED);
            });
        }
    }

    @Test
    void an_export_without_its_job_serves_live_data_and_has_to_go() {
        PullBackupOperation pull = pull(true, true, false);
        export(pull, 0);
        assertThat(decide(pull)).isInstanceOfSatisfying(Next.Cancel.class, cancel -> {
            assertThat(cancel.jobs()).isEmpty();
            assertThat(cancel.because().code()).isEqualTo(FailureCode.JOB_GONE);
        });
    }

    @Test
    void an_export_that_is_missing_ends_a_pull_that_was_ready() {
        PullBackupOperation pull = pull(true, true, false);
        job(pull, 0, "running", Optional.empty());
        job(pull, 1, "running", Optional.empty());
        export(pull, 1);
        assertThat(decide(pull))
                .isInstanceOfSatisfying(
                        Next.Cancel.class,
                        cancel -> assertThat(cancel.because().code()).isEqualTo(FailureCode.EXPORT_GONE));
    }

    @Test
    void an_end_of_a_pull_that_is_asked_for_ends_exports_and_jobs_and_then_puts_away() {
        PullBackupOperation pull = pull(true, false, true);
        job(pull, 0, "running", Optional.empty());
        job(pull, 1, "running", Optional.empty());
        export(pull, 0);
        export(pull, 1);
        assertThat(decide(pull)).isInstanceOf(Next.Cancel.class);
        jobs.clear();
        exports.clear();
        job(pull, 0, "concluded", Optional.of("Operation canceled"));
        job(pull, 1, "concluded", Optional.of("Operation canceled"));
        assertThat(decide(pull)).isInstanceOf(Next.PutAway.class);
    }

    private PullBackupOperation pull(boolean ready, boolean finish, boolean abort) {
        return new PullBackupOperation(
                Operations.operation(),
                Operations.backupId(),
                Operations.REPOSITORY,
                Optional.empty(),
                List.of(Operations.full(VDA, false, Optional.empty()), Operations.full(VDB, false, Optional.empty())),
                new PullTerms("key", Instant.MAX, OptionalLong.empty()),
                false,
                Optional.empty(),
                Instant.EPOCH,
                true,
                ready,
                finish,
                abort);
    }

    private static PullBackupOperation readier(PullBackupOperation pull, boolean finish) {
        return new PullBackupOperation(
                pull.id(),
                pull.backup(),
                pull.repository(),
                pull.checkpoint(),
                pull.disks(),
                pull.terms(),
                false,
                Optional.empty(),
                pull.requestedAt(),
                true,
                true,
                finish,
                false);
    }

    private void export(PullBackupOperation pull, int index) {
        exports.add(QemuNames.export(pull.id(), index));
    }

    private Next decide(Operation operation) {
        return decide(Optional.of(operation), BackupFindings.NONE);
    }

    private Next decide(Optional<Operation> operation, BackupFindings findings) {
        List<DesiredDisk> disks = new ArrayList<>();
        chains.forEach(
                (name, chain) -> disks.add(new DesiredDisk(name, 1 << 20, "/images/" + name, 0, chain, List.of())));
        Desired desired = new Desired(
                new MachineId(Operations.ulid()),
                new MachineName("vm"),
                new HostName("here"),
                1,
                "/run/vm",
                disks,
                operation,
                List.of());
        List<ObservedDisk> observed = new ArrayList<>();
        seen.forEach((name, bitmaps) -> observed.add(new ObservedDisk(
                new DiskFacts(name, "node-" + name, "qcow2", size, "/images/" + name, 0, true), bitmaps)));
        Look look = new Look(new Sight.Observed(
                new QemuFacts("7.2.22", OptionalLong.empty(), OptionalLong.empty()),
                runState,
                observed,
                jobs,
                List.of(),
                exports,
                partials,
                List.of()));
        return Decision.next(desired, look, Comparison.of(desired, look), findings);
    }

    private static CheckpointOperation create() {
        return new CheckpointOperation(
                Operations.operation(),
                NEW,
                List.of(new NewBitmap(VDA, Optional.of(B)), new NewBitmap(VDB, Optional.of(B))));
    }

    private static DeletionOperation delete(Optional<BitmapName> previous, boolean newest) {
        return new DeletionOperation(
                Operations.operation(),
                B,
                List.of(new BitmapDeletion(VDA, previous, newest), new BitmapDeletion(VDB, previous, newest)));
    }

    private static PushBackupOperation backup() {
        BackupCheckpoint checkpoint = new BackupCheckpoint(
                NEW.checkpoint(), Operations.checkpoint("new").name());
        return Operations.backup(
                Optional.of(checkpoint),
                OptionalLong.empty(),
                Operations.full(VDA, true, Optional.of(B)),
                Operations.full(VDB, true, Optional.of(B)));
    }

    private void job(BackupOperation operation, int index, String status, Optional<String> error) {
        jobs.add(new ObservedJob(QemuNames.job(operation.id(), index), status, error, 0, 0));
    }

    private static List<DesiredBitmap> chain(BitmapName... names) {
        List<DesiredBitmap> chain = new ArrayList<>();
        for (int index = 0; index < names.length; index++) {
            chain.add(new DesiredBitmap(names[index], index == names.length - 1, 65536));
        }
        return chain;
    }

    private static List<ObservedBitmap> seenChain(BitmapName... names) {
        List<ObservedBitmap> bitmaps = new ArrayList<>();
        for (int index = 0; index < names.length; index++) {
            bitmaps.add(bitmap(names[index], index == names.length - 1));
        }
        return bitmaps;
    }

    private static ObservedBitmap bitmap(BitmapName name, boolean recording) {
        return new ObservedBitmap(Optional.of(name.value()), recording, true, false, false, 65536, 0);
    }

    private static ObservedBitmap mark(DeletionOperation deletion) {
        return new ObservedBitmap(
                Optional.of(BitmapName.temporary(deletion.id())), false, false, false, false, 65536, 0);
    }

    private static void assertSeen(Next next) {
        assertThat(next).isEqualTo(new Next.Conclude(new Outcome.Done(new Evidence.Seen())));
    }

    private static void assertBlocked(Next next, DiskName disk) {
        assertThat(next)
                .isInstanceOfSatisfying(
                        Next.Blocked.class,
                        blocked -> assertThat(blocked.obstacle().disk()).contains(disk));
    }

    private static void assertRefused(Next next, FailureCode code) {
        assertThat(next)
                .isInstanceOfSatisfying(
                        Next.Conclude.class,
                        conclude -> assertThat(conclude.outcome())
                                .isInstanceOfSatisfying(
                                        Outcome.Refused.class,
                                        refused -> assertThat(refused.code()).isEqualTo(code)));
    }
}
