package dev.tidemark.coordinator.nthcall;

/** On whose behalf production calls the database. */
enum Asker {
    /** Whoever waits for the answer. */
    CALLER,
    /** Tells other coordinators after a commit. */
    NOTICE,
    /** Writes snapshots beside. */
    SNAPSHOTS;

    static Asker of(Thread thread) {
        return switch (thread.getName()) {
            case "ledger-notice" -> NOTICE;
            case "ledger-snapshots" -> SNAPSHOTS;
            default -> CALLER;
        };
    }
}
