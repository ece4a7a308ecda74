package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.C;
import static dev.tidemark.coordinator.chain.Story.MACHINE;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.SECOND_BACKUP;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static dev.tidemark.coordinator.chain.Story.machine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.AbortErrand;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.EndRestoreExport;
import dev.tidemark.schema.command.ExportBackup;
import dev.tidemark.schema.command.MergeBackup;
import dev.tidemark.schema.command.MergeReach;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RemoveMachine;
import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.RecordedFile;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.ExportTerms;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.event.RestoreExportEndRequested;
import dev.tidemark.schema.event.RestoreExportEnded;
import dev.tidemark.schema.event.RestoreExportFailed;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a restore point may be served, what must not happen to it meanwhile, and how that ends in the log. */
class RestoreExportTest {
    private static final OperationId EXPORT = new OperationId(Story.ulid(801));
    private static final OperationId OTHER = new OperationId(Story.ulid(802));
    private static final OperationId THIRD_OPERATION = new OperationId(Story.ulid(803));
    private static final BackupId THIRD = new BackupId(Story.ulid(23));
    private static final ExportTerms TERMS = new ExportTerms("00ff", AT.plusSeconds(60), false);

    /** Two incrementals: the second stands on the first, and that on a full one. */
    private static Story three() {
        return machine()
                .backedUp(BACKUP, NEAR, A)
                .backedUp(SECOND_BACKUP, NEAR, B)
                .backedUp(THIRD, NEAR, C);
    }

    private static ExportBackup export(BackupId backup, DiskName... disks) {
        return new ExportBackup(MACHINE, EXPORT, backup, List.of(disks), TERMS, AT);
    }

    private static List<ReadyDisk> places(String where) {
        return List.of(new ReadyDisk(VDA, where, Optional.empty(), Story.SIZE));
    }

    private static Story told(Story story, Outcome outcome) {
        Report report = new Report(MACHINE, 1, new Sight.NotTaken(), List.of(new OperationResult(EXPORT, outcome)));
        return story.when(new RecordReport(MACHINE, report, AT));
    }

    private static Outcome exported(String where) {
        return new Outcome.Done(new Evidence.Exported(places(where)));
    }

    private static Outcome closed() {
        return new Outcome.Done(new Evidence.Closed());
    }

    private static RestoreExportOperation desired(Story story) {
        return (RestoreExportOperation) story.desired().repositoryOperations().getFirst();
    }

    @Test
    void it_is_asked_for_opened_and_ended_and_each_is_told_once() {
        Story story = three().when(export(SECOND_BACKUP, VDA));
        assertThat(story.only(RestoreExportRequested.class).repository()).isEqualTo(NEAR);
        assertThat(desired(story).against(List.of()))
                .isEqualTo(
                        new RestoreExportOperation(EXPORT, SECOND_BACKUP, NEAR, List.of(VDA), TERMS, List.of(), false));
        assertThat(told(story, exported("here")).only(RestoreExportOpened.class).disks())
                .isEqualTo(places("here"));
        assertThat(desired(story).opened()).isEqualTo(places("here"));
        // a gateway that begins again
        assertThat(told(story, exported("here")).outcome()).isEmpty();
        assertThat(told(story, exported("there"))
                        .only(RestoreExportOpened.class)
                        .disks())
                .isEqualTo(places("there"));
        assertThat(told(story, new Outcome.Unknown("lost")).outcome()).isEmpty();
        story.when(new EndRestoreExport(MACHINE, OTHER, EXPORT, AT)).then(RestoreExportEndRequested.class);
        assertThat(desired(story).ending()).isTrue();
        // late mail
        assertThat(told(story, exported("elsewhere")).outcome()).isEmpty();
        assertThat(told(story, closed()).only(RestoreExportEnded.class).backup())
                .isEqualTo(SECOND_BACKUP);
        assertThat(story.now().errands()).isEmpty();
        assertThat(told(story, closed()).outcome()).isEmpty();
        assertThat(told(story, exported("here")).outcome()).isEmpty();
        story.when(new EndRestoreExport(MACHINE, THIRD_OPERATION, EXPORT, AT))
                .thenRejected(Rejection.NotExported.class);
    }

    @Test
    void all_disks_are_served_if_none_was_named_and_no_other_than_it_holds() {
        assertThat(three().when(export(THIRD))
                        .only(RestoreExportRequested.class)
                        .disks())
                .containsExactly(VDA, VDB);
        three().when(export(THIRD, new DiskName("vdz"))).thenRejected(Rejection.UnknownDisk.class);
        three().when(export(THIRD, VDA, VDA)).thenRejected(Rejection.DiskNamedTwice.class);
        machine().when(export(THIRD)).thenRejected(Rejection.UnknownBackup.class);
    }

    @Test
    void asked_twice_it_is_served_once() {
        Story story = three().when(export(THIRD)).when(export(THIRD));
        assertThat(story.outcome()).isEmpty();
        assertThat(story.now().errands()).hasSize(1);
    }

    @Test
    void what_is_served_is_neither_deleted_nor_are_its_files_exchanged_and_the_reason_names_the_export() {
        Story story = three().when(export(THIRD));
        Rejection refused =
                story.when(new DeleteBackup(MACHINE, OTHER, THIRD, AT)).thenRejected(Rejection.OtherOperation.class);
        assertThat(refused.detail()).contains(EXPORT.value(), "is being exported");
        assertThat(refused.remedy()).contains("'tidemark export end " + EXPORT + "'");
        for (BackupId backup : List.of(THIRD, SECOND_BACKUP)) {
            assertThat(story.when(new MergeBackup(MACHINE, OTHER, backup, MergeReach.ALL, AT))
                            .thenRejected(Rejection.OtherOperation.class)
                            .detail())
                    .contains(EXPORT.value());
        }
        told(story, new Outcome.Refused(FailureCode.LEASE_EXPIRED, "late"));
        assertThat(story.only(RestoreExportFailed.class).code()).isEqualTo(FailureCode.LEASE_EXPIRED);
        story.when(new DeleteBackup(MACHINE, OTHER, THIRD, AT)).then(BackupDeletionRequested.class);
    }

    @Test
    void what_stands_on_what_is_served_may_take_it_in() {
        three().when(export(SECOND_BACKUP))
                .when(new MergeBackup(MACHINE, OTHER, THIRD, MergeReach.ALL, AT))
                .then(BackupMergeRequested.class);
    }

    @Test
    void what_goes_or_is_being_exchanged_is_not_served() {
        three().when(new DeleteBackup(MACHINE, OTHER, THIRD, AT))
                .when(export(THIRD))
                .thenRejected(Rejection.OtherOperation.class);
        for (BackupId served : List.of(SECOND_BACKUP, THIRD)) {
            assertThat(three().when(new MergeBackup(MACHINE, OTHER, SECOND_BACKUP, MergeReach.ALL, AT))
                            .when(export(served))
                            .thenRejected(Rejection.OtherOperation.class)
                            .detail())
                    .contains(OTHER.value());
        }
        // what lies below is only read by a merge
        three().when(new MergeBackup(MACHINE, OTHER, SECOND_BACKUP, MergeReach.ALL, AT))
                .when(export(BACKUP))
                .then(RestoreExportRequested.class);
    }

    @Test
    void what_the_log_knows_to_be_damaged_is_not_served_disk_by_disk() {
        Story story = three().given(new BackupDamaged(
                MACHINE,
                OTHER,
                THIRD,
                List.of(new DamagedDisk(VDB, MACHINE + "/" + BACKUP + "/vdb.qcow2", "bit rot")),
                AT));
        assertThat(story.when(export(THIRD))
                        .thenRejected(Rejection.BackupDamaged.class)
                        .detail())
                .contains(THIRD.value(), BACKUP.value(), "vdb");
        story.when(export(THIRD, VDA)).then(RestoreExportRequested.class);
    }

    @Test
    void it_can_be_aborted_and_the_gateway_is_told_what_the_log_says_of_the_files() {
        Story story = three().when(export(THIRD, VDA));
        assertThat(desired(story).recorded()).extracting(RecordedFile::backup).contains(THIRD, SECOND_BACKUP, BACKUP);
        told(story, exported("here"));
        story.when(new AbortErrand(MACHINE, OTHER, EXPORT, AT));
        assertThat(story.desired().repositoryOperations()).singleElement().isInstanceOf(AbortOperation.class);
        told(story, new Outcome.Refused(FailureCode.ABORTED, "as asked"));
        assertThat(story.only(RestoreExportFailed.class).code()).isEqualTo(FailureCode.ABORTED);
        assertThat(story.now().errands()).isEmpty();
    }

    @Test
    void evidence_that_does_not_fit_is_a_failure() {
        assertThat(told(three().when(export(THIRD, VDA)), closed())
                        .only(RestoreExportFailed.class)
                        .code())
                .isEqualTo(FailureCode.EVIDENCE_CHANGED);
        assertThat(told(three().when(export(THIRD, VDB)), exported("here"))
                        .only(RestoreExportFailed.class)
                        .detail())
                .contains("other disks");
        assertThat(told(three().when(export(THIRD, VDA)), new Outcome.Done(new Evidence.Verified(1)))
                        .only(RestoreExportFailed.class)
                        .detail())
                .contains("Verified");
    }

    @Test
    void nothing_is_asked_for_of_a_machine_that_was_removed() {
        Story story = three().when(export(THIRD)).when(new RemoveMachine(MACHINE, OTHER, true, false, AT));
        assertThat(story.now().errands()).isEmpty();
    }
}
