package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.MACHINE;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.SECOND_BACKUP;
import static dev.tidemark.coordinator.chain.Story.machine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A backup whose time is over is ended, has failed for that reason, and the bits it was to copy are in the next one. */
class DeadlineTest {
    private static final Instant UNTIL = AT.plusSeconds(60);

    private static Story started() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        return story.when(new StartBackup(
                MACHINE,
                story.newOperation(),
                SECOND_BACKUP,
                NEAR,
                BackupMode.PUSH,
                new BackupRequest.Automatic(),
                Optional.of(new BackupCheckpoint(B, Story.name(B))),
                List.of(),
                OptionalLong.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.of(UNTIL),
                AT));
    }

    private static AbortBackup late(Story story, BackupId backup, Instant now) {
        return new AbortBackup(MACHINE, story.newOperation(), backup, true, now);
    }

    private static boolean isLate(Story story, Instant now) {
        return ((Pending.Backup) story.now().pending().orElseThrow()).isLate(now);
    }

    @Test
    void before_its_time_nothing_follows() {
        Story story = started();
        assertThat(isLate(story, UNTIL.minusMillis(1))).isFalse();
        story.when(late(story, SECOND_BACKUP, UNTIL.minusMillis(1))).thenNothing();
    }

    @Test
    void then_it_is_ended_and_has_failed_for_that_reason_and_not_on_request() {
        Story story = started().started(B);
        assertThat(isLate(story, UNTIL)).isTrue();
        story.when(late(story, SECOND_BACKUP, UNTIL));
        assertThat(story.only(BackupAbortRequested.class).cause()).contains(FailureCode.DEADLINE_PASSED);
        assertThat(isLate(story, UNTIL.plusSeconds(5))).isFalse();
        assertThat(((PushBackupOperation) story.desired().operation().orElseThrow()).abort())
                .isTrue();
        story.refused(story.expected(), FailureCode.ABORTED);
        BackupFailed failed = story.only(BackupFailed.class);
        assertThat(failed.code()).isEqualTo(FailureCode.DEADLINE_PASSED);
        assertThat(failed.detail()).contains(UNTIL.toString());
        // then the next one is incremental since the last good one, whose bits and those since then it copies
        story.backup(new BackupId(Story.ulid(24)), NEAR, new BackupRequest.Automatic(), Optional.empty());
        assertThat(((Pending.Backup) story.now().pending().orElseThrow()).plan())
                .allSatisfy(plan -> {
                    assertThat(plan.kind()).isEqualTo(BackupKind.INCREMENTAL);
                    assertThat(plan.since()).contains(A);
                });
    }

    @Test
    void whoever_ends_it_before_gets_an_abort_even_if_its_time_is_over_meanwhile() {
        Story story = started().started(B).abort(SECOND_BACKUP);
        story.when(late(story, SECOND_BACKUP, UNTIL)).thenNothing();
        story.refused(story.expected(), FailureCode.ABORTED);
        story.then(BackupAborted.class);
    }

    @Test
    void one_without_a_deadline_is_never_late() {
        Story story = machine().backup(BACKUP, NEAR, new BackupRequest.Automatic(), Optional.of(A));
        assertThat(isLate(story, Instant.MAX)).isFalse();
        story.when(late(story, BACKUP, Instant.MAX)).thenNothing();
    }
}
