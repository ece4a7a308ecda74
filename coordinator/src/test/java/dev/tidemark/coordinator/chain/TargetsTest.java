package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.MACHINE;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.SECOND_BACKUP;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.ExportBackup;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.ExportTerms;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.TargetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetsTest {
    private static final TargetAddress OWN = new TargetAddress("/dev/vg0/web");
    private static final TargetAddress OTHER = new TargetAddress("/dev/vg0/copy");
    private static final TargetAddress THIRD = new TargetAddress("/dev/vg0/third");
    private static final TargetAddress FREE = new TargetAddress("/dev/vg0/free");
    private static final OperationId OPERATION = new OperationId(Story.ulid(901));

    private static BackupRequest copy(DiskTarget... targets) {
        return new BackupRequest.Copy(Optional.of(List.of(targets)));
    }

    private static DiskTarget to(DiskName disk, TargetAddress address) {
        return new DiskTarget(disk, address);
    }

    private static CompletedDisk at(DiskName disk, TargetAddress address) {
        return new CompletedDisk(
                disk, BackupKind.FULL, Optional.empty(), Optional.empty(), 1, address.value(), 1, "ab", Story.SIZE);
    }

    /** Its only backup lies at two targets. */
    private static Story copied() {
        Story story = Story.machine()
                .backup(BACKUP, NEAR, copy(to(VDA, OTHER), to(VDB, THIRD)), Optional.empty(), List.of(VDA, VDB));
        story.look(story.expected().job(story.jobName()));
        Outcome stored = new Outcome.Done(new Evidence.Stored(List.of(at(VDA, OTHER), at(VDB, THIRD))));
        return story.report(new Sight.NotTaken(), Optional.of(stored)).concluded(BackupCompleted.class);
    }

    private static MachineCommand restore(DiskTarget... targets) {
        return new RestoreBackup(
                MACHINE,
                OPERATION,
                BACKUP,
                NEAR,
                List.of(VDA),
                List.of(VDA, VDB),
                "",
                RestoreFormat.RAW,
                List.of(targets),
                AT);
    }

    private static Story copyInto(Story story, DiskTarget... targets) {
        return story.backup(SECOND_BACKUP, NEAR, copy(targets), Optional.empty(), List.of(VDA, VDB));
    }

    private static Machine onADevice() {
        Story story = Story.registered();
        DiskFacts device = new DiskFacts(Story.VDA, "node-vda", "raw", Story.SIZE, OWN.value(), 0, false);
        story.look(Look.asExpected(story.now()).plug(device).plug(Story.disk(Story.VDB)));
        return story.now();
    }

    @Test
    void a_machines_own_disk_is_no_target_not_even_of_another_disk() {
        Machine machine = onADevice();
        for (DiskTarget target : List.of(new DiskTarget(Story.VDA, OWN), new DiskTarget(Story.VDB, OWN))) {
            Optional<Rejection> objection = Targets.objection(machine, List.of(target));
            assertThat(objection).contains(new Rejection.TargetIsDisk(OWN, Story.VDA));
            assertThat(objection.orElseThrow().detail()).contains("the machine's own disk vda");
        }
        assertThat(Targets.objection(machine, List.of(new DiskTarget(Story.VDA, OTHER))))
                .isEmpty();
    }

    @Test
    void one_place_for_two_disks_is_none() {
        assertThat(Targets.objection(
                        onADevice(), List.of(new DiskTarget(Story.VDA, OTHER), new DiskTarget(Story.VDB, OTHER))))
                .contains(new Rejection.TargetNamedTwice(OTHER));
    }

    @Test
    void where_a_backup_lies_nothing_else_is_written_until_it_is_given_up() {
        Story story = copied();
        Rejection.TargetClaimed claimed =
                copyInto(story, to(VDA, FREE), to(VDB, THIRD)).thenRejected(Rejection.TargetClaimed.class);
        assertThat(claimed).isEqualTo(new Rejection.TargetClaimed(THIRD, BACKUP));
        assertThat(claimed.detail()).contains(THIRD.value(), BACKUP.value());
        assertThat(claimed.remedy()).contains("backup delete " + BACKUP);

        // given up
        story.when(new DeleteBackup(MACHINE, OPERATION, BACKUP, AT));
        Outcome removed = new Outcome.Done(new Evidence.Removed(0));
        Report report = new Report(
                MACHINE, story.now().version(), new Sight.NotTaken(), List.of(new OperationResult(OPERATION, removed)));
        BackupDeleted deleted =
                story.when(new RecordReport(MACHINE, report, AT)).only(BackupDeleted.class);
        assertThat(deleted.leftAlone()).contains(List.of(OTHER, THIRD));
        copyInto(story, to(VDA, FREE), to(VDB, THIRD)).then(BackupRequested.class);
    }

    @Test
    void where_a_restore_writes_no_backup_goes() {
        Story story = Story.machine().backedUp(BACKUP, NEAR, Story.A).when(restore(to(VDA, OTHER)));
        story.then(RestoreRequested.class);
        Rejection.OtherOperation busy =
                copyInto(story, to(VDA, FREE), to(VDB, OTHER)).thenRejected(Rejection.OtherOperation.class);
        assertThat(busy.operation()).isEqualTo(OPERATION);
        assertThat(busy.detail()).contains(OTHER + " is being written by a restore");
        copyInto(story, to(VDA, FREE), to(VDB, THIRD)).then(BackupRequested.class);
    }

    @Test
    void every_disk_has_one_target_or_none_has() {
        assertThat(copyInto(Story.machine(), to(VDA, OTHER), to(VDA, THIRD))
                        .thenRejected(Rejection.DiskNamedTwice.class))
                .isEqualTo(new Rejection.DiskNamedTwice(VDA));
        assertThat(copyInto(Story.machine(), to(VDA, OTHER))
                        .thenRejected(Rejection.Unsupported.class)
                        .detail())
                .contains("each disk of the backup needs a target");
        copyInto(Story.machine(), to(VDB, OTHER), to(VDA, THIRD)).then(BackupRequested.class);
    }

    @Test
    void what_lies_at_a_target_is_read_there_and_by_nothing_that_works_on_files() {
        Story story = copied();
        MachineCommand deep = new VerifyBackup(MACHINE, OPERATION, BACKUP, NEAR, true, AT);
        ExportTerms terms = new ExportTerms("00ff", AT.plusSeconds(60), false);
        MachineCommand export = new ExportBackup(MACHINE, OPERATION, BACKUP, List.of(VDB), terms, AT);
        assertThat(story.when(deep).thenRejected(Rejection.BackupElsewhere.class))
                .isEqualTo(new Rejection.BackupElsewhere(BACKUP, VDA, OTHER));
        assertThat(story.when(restore(to(VDA, FREE))).thenRejected(Rejection.BackupElsewhere.class))
                .isEqualTo(new Rejection.BackupElsewhere(BACKUP, VDA, OTHER));
        Rejection.BackupElsewhere elsewhere = story.when(export).thenRejected(Rejection.BackupElsewhere.class);
        assertThat(elsewhere).isEqualTo(new Rejection.BackupElsewhere(BACKUP, VDB, THIRD));
        assertThat(elsewhere.detail()).contains("lies at " + THIRD);
        assertThat(elsewhere.remedy()).contains("nbdcopy");
        // its bytes can be read again there
        story.when(new VerifyBackup(MACHINE, OPERATION, BACKUP, NEAR, AT)).then(VerificationRequested.class);

        // and in a repository all of that is possible
        for (MachineCommand command : List.of(deep, restore(to(VDA, FREE)), export)) {
            Story near = Story.machine().backedUp(BACKUP, NEAR, Story.A).when(command);
            assertThat(near.outcome())
                    .singleElement()
                    .isInstanceOfAny(VerificationRequested.class, RestoreRequested.class, RestoreExportRequested.class);
        }
    }
}
