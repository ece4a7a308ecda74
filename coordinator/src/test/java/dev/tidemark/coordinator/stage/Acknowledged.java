package dev.tidemark.coordinator.stage;

/**
 * A command that a client was told of that it is being done.
 *
 * @param key under which it was asked for
 * @param target the backup or the checkpoint that it is about
 * @param digest of what the disk held at a backup's moment; of others nothing
 */
record Acknowledged(Kind kind, String key, String operation, String target, String digest) {
    /** What was asked for, and by which events the log tells of it. */
    enum Kind {
        BACKUP("backup-requested.", "backup-completed."),
        CREATE("checkpoint-requested.", "checkpoint-created."),
        DELETE("checkpoint-deletion-requested.", "checkpoint-deleted.");

        private final String intent;
        private final String conclusion;

        Kind(String intent, String conclusion) {
            this.intent = intent;
            this.conclusion = conclusion;
        }

        boolean isIntent(String type) {
            return type.startsWith(intent);
        }

        boolean isConclusion(String type) {
            return type.startsWith(conclusion);
        }
    }
}
