package dev.tidemark.coordinator.drill;

/** What must hold after any crash, each judged after every scenario. */
enum Invariant {
    CONVERGED("Within 60 seconds nothing is pending, the machine is seen, and log and QEMU agree."),
    GUEST_THAWED("The guest is not frozen, and every freeze in the log has ended there; the guest itself is asked."),
    NOTHING_LEFT("QEMU holds no job, no node, no export and no temporary bitmap of ours; asked by a second monitor."),
    CHAIN_AGREES(
            "QEMU's bitmaps are those of the log's chain, and only the newest records; asked by a second monitor."),
    NO_UNFINISHED_FILES("The repository holds no unfinished backup."),
    BACKUPS_RESTORE("Every completed backup holds, to the byte and in size, what the disks held at its moment."),
    ACKNOWLEDGED_ENDED(
            "What was acknowledged to the client is in the log and has ended; its rows are read from the database."),
    LOG_KEPT("Every event that was in the database before the kill is there unchanged; read from the database."),
    NO_INCREMENTAL_ON_LOST_EVIDENCE(
            "No disk of the next backup is incremental since a checkpoint unless QEMU holds every bitmap from there on,"
                    + " unbroken, and none of them was in QEMU when it was killed; asked by a second monitor."),
    NEXT_BACKUP_RIGHT("The next automatic backup succeeds on the first try and restores what the disks hold.");

    private final String text;

    Invariant(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
