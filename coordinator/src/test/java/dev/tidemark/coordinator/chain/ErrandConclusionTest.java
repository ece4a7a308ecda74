package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.MACHINE;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.machine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreFailed;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.event.VerificationFailed;
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
