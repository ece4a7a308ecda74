package dev.tidemark.coordinator.dashboard;

/** What can be wrong with a machine's protection, the worst first. */
public enum Trouble {
    IN_DOUBT(
            Level.ALARM,
            "in doubt",
            "the answer to something that was sent was lost, and no look has told yet what became of it"),
    DAMAGED(Level.ALARM, "damaged", "the newest restore point cannot be restored: a file is not what it was"),
    NO_RESTORE_POINT(
            Level.ALARM, "no restore point", "no completed backup in a repository holds every disk of the machine"),
    CHAIN_BROKEN(Level.ALARM, "chain broken", "a disk's changes are not recorded any more"),
    STALLED(Level.ALARM, "stalled", "something that runs copies nothing any more"),
    GUEST_STOPPED(
            Level.ALARM, "guest stands still", "its file systems are frozen, or QEMU has paused it after an error"),
    LAST_FAILED(Level.ALARM, "last backup failed", "the newest backup that was asked for came to nothing"),
    NOT_SEEN(
            Level.WARNING,
            "not seen",
            "nobody knows what QEMU holds: it does not answer, or no gateway serves its host"),
    FULL_NEXT(Level.WARNING, "full next", "the next automatic backup copies a whole disk"),
    DRIFT(Level.WARNING, "drift", "QEMU or the repository holds something that no intent explains"),
    NOT_VERIFIED(Level.NOTE, "not verified", "the newest restore point was not read back since it was completed");

    /** How much it matters. */
    public enum Level {
        ALARM,
        WARNING,
        NOTE,
        /** Nothing is known to be wrong, and all that matters is known. */
        SOUND;

        public String style() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        /** The shape that stands for it beside the word. */
        public String shape() {
            return switch (this) {
                case ALARM -> "▲";
                case WARNING -> "◆";
                case NOTE -> "○";
                case SOUND -> "●";
            };
        }
    }

    private final Level level;
    private final String word;
    private final String meaning;

    Trouble(Level level, String word, String meaning) {
        this.level = level;
        this.word = word;
        this.meaning = meaning;
    }

    public Level level() {
        return level;
    }

    public String word() {
        return word;
    }

    public String meaning() {
        return meaning;
    }
}
