package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.view.BackupView;

/** Only a completed backup has files that mean anything. */
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
    }
}
