package dev.tidemark.coordinator.modelcheck;

/** What leads from one state to the next; {@code %1} and {@code %2} stand for its two numbers. */
enum Action {
    ASK_FOR_CHECKPOINT("somebody asks for a checkpoint"),
    ASK_FOR_BACKUP("somebody asks for a backup into repository %1"),
    ASK_FOR_DELETION("somebody asks for checkpoint %1 to be deleted"),
    ASK_FOR_ABORT("somebody asks for the backup to be aborted"),
    COMMIT("the coordinator commits what it has told already"),
    COORDINATOR_DIES("the coordinator dies before it commits"),
    GUEST_WRITES("the guest writes granule %2 of disk %1"),
    JOB_ENDS_WELL("the job of backup %2 on disk %1 concludes"),
    JOB_FAILS("the job of backup %2 on disk %1 fails"),
    QEMU_CRASHES("QEMU is killed"),
    QEMU_QUITS("QEMU ends cleanly"),
    QEMU_STARTS("QEMU starts"),
    POWER_CUT("power cut (a rename that was not fsynced: 1 kept, 0 lost): %1"),
    IMAGES_COPIED("somebody copies the images"),
    IMAGES_ROLLED_BACK("somebody puts the copies back"),
    IMAGE_WRITTEN("somebody writes granule %2 into the image of disk %1"),
    SHRINK("disk %1 is shrunk"),
    GROW("disk %1 is grown back"),
    OVERLAY("somebody puts an overlay on disk %1"),
    STRANGER_REMOVES("a stranger removes bitmap %2 of disk %1"),
    STRANGER_DISABLES("a stranger disables bitmap %2 of disk %1"),
    STRANGER_REMAKES("a stranger re-makes bitmap %2 of disk %1"),
    BASE_VANISHES("backup %1 vanishes from the repository"),
    LATE_TRANSACTION("the transaction that was under way arrives"),
    LATE_TRANSACTION_LOST("the transaction that was under way never arrives"),
    WAKE("gateway %1 gets the desired state"),
    LOOK("gateway %1 looks"),
    REST("gateway %1 ends its round"),
    REPORT("gateway %1 reports (outcome %2)"),
    REPORT_UNANSWERED("gateway %1 reports (outcome %2), and the answer is lost"),
    REPORT_UNREACHABLE("gateway %1 reports that nothing listens"),
    SEND("gateway %1 sends its transaction"),
    SEND_LOST("gateway %1 sends its transaction, which is lost"),
    SEND_LATE("gateway %1 sends its transaction, which is under way when the session breaks"),
    BEGIN("gateway %1 makes targets"),
    CANCEL("gateway %1 cancels jobs"),
    FINISH("gateway %1 closes the targets and completes"),
    COMPLETE("gateway %1 takes a durable step of the completion"),
    PUT_AWAY("gateway %1 puts its backup away (1 all, 0 jobs only): %2"),
    SWEEP("gateway %1 sweeps (1 all, 0 jobs only): %2"),
    DISCONNECT("the session of gateway %1 breaks"),
    GATEWAY_DIES("gateway %1 dies and starts again");

    private final String words;

    Action(String words) {
        this.words = words;
    }

    @SuppressWarnings("EnumOrdinal") // a state is packed into a few numbers
    String describe(int first, int second) {
        String outcome =
                this == REPORT || this == REPORT_UNANSWERED ? Outcome.values()[second].name() : String.valueOf(second);
        return words.replace("%1", String.valueOf(first)).replace("%2", outcome);
    }
}
