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

import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.ProtectBackup;
import dev.tidemark.schema.command.UnprotectBackup;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.id.BackupId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What somebody wants kept is kept, and a legal hold ends by its own release alone. */
class BackupProtectionTest {
    private static Story two() {
        return machine().backedUp(BACKUP, NEAR, A).backedUp(SECOND_BACKUP, NEAR, B);
    }

    private static Story protect(Story story, BackupId backup, String... hold) {
        return story.when(new ProtectBackup(
                MACHINE, story.newOperation(), backup, hold.length == 0 ? Optional.empty() : Optional.of(hold[0]), AT));
    }

    private static Story unprotect(Story story, boolean releaseHold) {
        return story.when(new UnprotectBackup(MACHINE, story.newOperation(), SECOND_BACKUP, releaseHold, AT));
    }

    private static Story delete(Story story, BackupId backup) {
        return story.when(new DeleteBackup(MACHINE, story.newOperation(), backup, AT));
    }

    @Test
    void a_protected_backup_is_not_deleted_until_it_is_unprotected() {
        Story story = protect(two(), SECOND_BACKUP).then(BackupProtected.class);
        delete(story, SECOND_BACKUP).thenRejected(Rejection.BackupProtected.class);
        unprotect(story, false).then(BackupUnprotected.class);
        delete(story, SECOND_BACKUP).then(BackupDeletionRequested.class);
    }

    @Test
    void what_it_stands_on_is_kept_with_it() {
        Rejection.BackupNeeded needed =
                delete(protect(two(), SECOND_BACKUP), BACKUP).thenRejected(Rejection.BackupNeeded.class);
        assertThat(needed.above()).containsExactly(SECOND_BACKUP);
    }

    @Test
    void a_hold_keeps_its_reason_and_does_not_end_with_the_protection() {
        Story story = protect(protect(two(), SECOND_BACKUP), SECOND_BACKUP, "case 7");
        assertThat(protect(story, SECOND_BACKUP, "case 8")
                        .thenRejected(Rejection.Held.class)
                        .detail())
                .contains("case 7");
        unprotect(story, false).then(BackupUnprotected.class);
        unprotect(story, false).thenRejected(Rejection.Held.class);
        assertThat(delete(story, SECOND_BACKUP)
                        .thenRejected(Rejection.Held.class)
                        .reason())
                .isEqualTo("case 7");
        unprotect(story, true).then(BackupUnprotected.class);
        unprotect(story, true).thenRejected(Rejection.NotProtected.class);
        delete(story, SECOND_BACKUP).then(BackupDeletionRequested.class);
    }

    @Test
    void the_release_of_a_hold_leaves_the_protection() {
        Story story = protect(protect(two(), SECOND_BACKUP), SECOND_BACKUP, "case 7");
        unprotect(story, true).then(BackupUnprotected.class);
        delete(story, SECOND_BACKUP).thenRejected(Rejection.BackupProtected.class);
    }

    @Test
    void what_is_protected_already_can_be_protected_again_and_what_is_not_cannot_be_freed() {
        Story story = protect(two(), SECOND_BACKUP);
        protect(story, SECOND_BACKUP).then(BackupProtected.class);
        unprotect(two(), false).thenRejected(Rejection.NotProtected.class);
    }

    @Test
    void the_same_wish_asked_again_is_accepted_and_changes_nothing() {
        Story story = two();
        ProtectBackup protect =
                new ProtectBackup(MACHINE, story.newOperation(), SECOND_BACKUP, Optional.of("case 7"), AT);
        story.when(protect).then(BackupProtected.class);
        story.when(protect).thenNothing();
        UnprotectBackup unprotect = new UnprotectBackup(MACHINE, story.newOperation(), SECOND_BACKUP, true, AT);
        story.when(unprotect).then(BackupUnprotected.class);
        story.when(unprotect).thenNothing();
    }

    @Test
    void what_is_going_or_never_was_cannot_be_protected() {
        Story story = delete(two(), SECOND_BACKUP);
        protect(story, SECOND_BACKUP).thenRejected(Rejection.OtherOperation.class);
        protect(story, new BackupId(Story.ulid(29))).thenRejected(Rejection.UnknownBackup.class);
        story.when(new UnprotectBackup(MACHINE, story.newOperation(), new BackupId(Story.ulid(29)), true, AT))
                .thenRejected(Rejection.UnknownBackup.class);
    }
}
