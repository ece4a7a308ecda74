package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.MACHINE;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.machine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.AbortErrand;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.ErrandAbortRequested;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreFailed;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.event.VerificationFailed;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.OperationId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What became of verifications and restores, at whatever version they are told. */
class ErrandConclusionTest {
    private static final OperationId VERIFICATION = new OperationId(Story.ulid(501));
    private static final OperationId RESTORE = new OperationId(Story.ulid(502));
    private static final List<RestoredDisk> RESTORED =
            List.of(new RestoredDisk(VDA, "/restore/vda.raw", RestoreFormat.RAW, 1));

    private static Story withErrands() {
        return machine()
                .when(new VerifyBackup(MACHINE, VERIFICATION, BACKUP, NEAR, AT))
                .when(new RestoreBackup(
                        MACHINE, RESTORE, BACKUP, NEAR, List.of(), List.of(VDA), "/restore", RestoreFormat.RAW, AT));
    }

    private static Story told(Story story, OperationId operation, Outcome outcome) {
        Report report = new Report(MACHINE, 1, new Sight.NotTaken(), List.of(new OperationResult(operation, outcome)));
        return story.when(new RecordReport(MACHINE, report, AT));
    }

    static Stream<Arguments> outcomes() {
        Outcome refused = new Outcome.Refused(FailureCode.REPOSITORY_FAILED, "no");
        return Stream.of(
                Arguments.of(VERIFICATION, new Outcome.Done(new Evidence.Verified(7)), BackupVerified.class),
                Arguments.of(
                        VERIFICATION,
                        new Outcome.Done(new Evidence.Damaged(List.of(new DamagedDisk(VDA, "f", "d")))),
                        BackupDamaged.class),
                Arguments.of(VERIFICATION, new Outcome.Done(new Evidence.Seen()), VerificationFailed.class),
                Arguments.of(VERIFICATION, new Outcome.Done(new Evidence.Stored(List.of())), VerificationFailed.class),
                Arguments.of(VERIFICATION, new Outcome.Done(new Evidence.Restored(RESTORED)), VerificationFailed.class),
                Arguments.of(VERIFICATION, refused, VerificationFailed.class),
                Arguments.of(RESTORE, new Outcome.Done(new Evidence.Restored(RESTORED)), RestoreCompleted.class),
                Arguments.of(RESTORE, new Outcome.Done(new Evidence.Verified(7)), RestoreFailed.class),
                Arguments.of(RESTORE, refused, RestoreFailed.class));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void an_errand_ends_with_its_outcome_and_only_once(
            OperationId operation, Outcome outcome, Class<? extends MachineEvent> event) {
        Story story = told(withErrands(), operation, outcome);
        assertThat(story.only(event)).isNotNull();
        assertThat(story.outcome()).hasSize(1);
        assertThat(story.now().errands())
                .singleElement()
                .satisfies(left -> assertThat(left.operation().id()).isNotEqualTo(operation));
        assertThat(told(story, operation, outcome).outcome()).isEmpty();
    }

    @Test
    void a_lost_answer_leaves_an_errand_open() {
        Story story = withErrands();
        assertThat(told(story, VERIFICATION, new Outcome.Unknown("lost")).outcome())
                .isEmpty();
        assertThat(story.now().errands()).hasSize(2);
    }

    @Test
    void a_verification_was_deep_if_the_gateway_says_so_and_not_because_it_was_to_be() {
        OperationId deep = new OperationId(Story.ulid(503));
        Story asked = machine().when(new VerifyBackup(MACHINE, deep, BACKUP, NEAR, true, AT));
        assertThat(asked.only(VerificationRequested.class).deep()).contains(true);
        assertThat(told(asked, deep, new Outcome.Done(new Evidence.Verified(7, true)))
                        .only(BackupVerified.class)
                        .deep())
                .contains(true);
        Story again = machine().when(new VerifyBackup(MACHINE, deep, BACKUP, NEAR, true, AT));
        assertThat(told(again, deep, new Outcome.Done(new Evidence.Verified(7)))
                        .only(BackupVerified.class)
                        .deep())
                .isEmpty();
    }

    @Test
    void an_errand_that_is_to_end_is_handed_out_as_its_abort_and_ends_as_it_does() {
        for (OperationId errand : List.of(VERIFICATION, RESTORE)) {
            Story story = withErrands();
            OperationId abort = new OperationId(Story.ulid(504));
            story.when(new AbortErrand(MACHINE, abort, errand, AT)).then(ErrandAbortRequested.class);
            assertThat(story.desired().repositoryOperations())
                    .filteredOn(asked -> asked.id().equals(errand))
                    .singleElement()
                    .isInstanceOf(AbortOperation.class);
            // Asked again, it is the same.
            story.when(new AbortErrand(MACHINE, abort, errand, AT)).thenNothing();
            told(story, errand, new Outcome.Refused(FailureCode.ABORTED, "ended"));
            assertThat(story.outcome())
                    .singleElement()
                    .satisfies(
                            event -> assertThat(event).isInstanceOfAny(VerificationFailed.class, RestoreFailed.class));
            assertThat(story.now().errands()).hasSize(1);
            story.when(new AbortErrand(MACHINE, story.newOperation(), errand, AT))
                    .thenRejected(Rejection.NotUnderWay.class);
        }
    }

    @Test
    void an_abort_that_came_too_late_takes_nothing_back() {
        Story story = withErrands();
        story.when(new AbortErrand(MACHINE, new OperationId(Story.ulid(504)), RESTORE, AT));
        assertThat(told(story, RESTORE, new Outcome.Done(new Evidence.Restored(RESTORED)))
                        .only(RestoreCompleted.class)
                        .disks())
                .isEqualTo(RESTORED);
    }

    @Test
    void facts_of_the_outcome_are_kept() {
        assertThat(told(withErrands(), VERIFICATION, new Outcome.Done(new Evidence.Verified(7)))
                        .only(BackupVerified.class)
                        .bytes())
                .isEqualTo(7);
        RestoreFailed failed = told(withErrands(), RESTORE, new Outcome.Done(new Evidence.Seen()))
                .only(RestoreFailed.class);
        assertThat(failed.code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
        assertThat(failed.detail()).contains("Seen");
        VerificationFailed refused = told(
                        withErrands(), VERIFICATION, new Outcome.Refused(FailureCode.REPOSITORY_FAILED, "no disk"))
                .only(VerificationFailed.class);
        assertThat(refused.code()).isEqualTo(FailureCode.REPOSITORY_FAILED);
        assertThat(refused.detail()).isEqualTo("no disk");
    }
}
