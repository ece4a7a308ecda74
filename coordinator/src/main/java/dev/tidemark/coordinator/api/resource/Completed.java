package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.view.BackupView;
import dev.tidemark.schema.event.BackupMode;

/** Only a completed push backup has files here that mean anything. */
final class Completed {
    private Completed() {}

    static void require(BackupView backup) {
        if (!backup.state().equals("COMPLETED")) {
            throw new Refusal(Problem.of(
                    409,
                    "BACKUP_NOT_COMPLETED",
                    "backup " + backup.id() + " is " + backup.state() + ", not COMPLETED",
                    "Wait for its end, or choose a completed backup."));
        }
        if (!backup.mode().equals(BackupMode.PUSH.name())) {
            throw new Refusal(Problem.of(
                    409,
                    "BACKUP_NOT_STORED",
                    "backup " + backup.id() + " was pulled: its data lies with the client that read it",
                    "Use what the client has stored, or choose a push backup."));
        }
    }
}
