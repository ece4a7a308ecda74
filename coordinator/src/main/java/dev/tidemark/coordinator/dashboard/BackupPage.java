package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.view.BackupView;

/** One backup: what is in it, what it stands on, and what is known of its health. */
public record BackupPage(Frame frame, BackupView backup) {
    /** Whether its files are there to be restored from. */
    public boolean isRestorePoint() {
        return backup.state().equals("COMPLETED") && backup.mode().equals("PUSH");
    }

    /** What may be believed of it. */
    public Trouble.Level level() {
        return switch (backup.state()) {
            case "COMPLETED" -> {
                if (backup.damaged()) {
                    yield Trouble.Level.ALARM;
                }
                yield isRestorePoint() && backup.verifiedAt() != null ? Trouble.Level.SOUND : Trouble.Level.NOTE;
            }
            case "FAILED", "UNKNOWN" -> Trouble.Level.ALARM;
            default -> Trouble.Level.NOTE;
        };
    }

    /** The same in words. */
    public String verdict() {
        return switch (backup.state()) {
            case "COMPLETED" -> {
                if (backup.damaged()) {
                    yield "damaged: it cannot be restored as a whole";
                }
                if (!isRestorePoint()) {
                    yield "finished by its client: what the client has is not known here";
                }
                yield backup.verifiedAt() == null
                        ? "completed, not verified since"
                        : backup.deepVerifiedAt() == null ? "verified" : "verified, also by a restore";
            }
            case "UNKNOWN" -> "in doubt: no look has told yet what became of it";
            default -> Words.plain(backup.state());
        };
    }
}
