package dev.tidemark.schema.crash;

import static dev.tidemark.schema.crash.CrashPoint.Component.COORDINATOR;
import static dev.tidemark.schema.crash.CrashPoint.Component.GATEWAY;

/** The steps between which a crash leaves something different behind. A drill kills at every one of them. */
public enum CrashPoint {
    /** A command is decided, not one of its events was sent to the database. */
    BEFORE_APPEND(COORDINATOR),
    /** The events are in an open transaction, the read models do not know them. */
    AFTER_APPEND(COORDINATOR),
    /** Events and read models are written, the commit was not sent. */
    BEFORE_COMMIT(COORDINATOR),
    /** The events are durable, nobody in this process was told. */
    AFTER_COMMIT(COORDINATOR),
    /** Gateways that wait are being woken, the client has no answer. */
    BEFORE_ANSWER(COORDINATOR),
    /** A waiting gateway is about to be handed a desired state. */
    BEFORE_HAND_OUT(COORDINATOR),
    /** A report has arrived, nothing was concluded from it. */
    BEFORE_RECORD(COORDINATOR),
    /** What a report says is recorded, the gateway was not answered. */
    AFTER_RECORD(COORDINATOR),

    /** A desired state has arrived, no machine's reconciler knows it. */
    AFTER_WAKE(GATEWAY),
    /** Nothing was asked yet. */
    BEFORE_LOOK(GATEWAY),
    /** QEMU was seen, nothing was concluded. */
    AFTER_LOOK(GATEWAY),
    /** The coordinator does not know yet what was seen or done. */
    BEFORE_REPORT(GATEWAY),
    /** The report is recorded, its answer was not used. */
    AFTER_REPORT(GATEWAY),
    /** qemu-img is about to be started. */
    BEFORE_QEMU_IMG(GATEWAY),
    /** qemu-img has ended, its work was not used. */
    AFTER_QEMU_IMG(GATEWAY),
    /** No target file exists. */
    BEFORE_BEGIN(GATEWAY),
    /** The target files exist, QEMU does not know them. */
    AFTER_BEGIN(GATEWAY),
    /** QEMU has opened and locked the file of a target, and read nothing of it. */
    AFTER_FILE_OPENED(GATEWAY),
    /** QEMU holds the scratch nodes of a pull backup, its server is not told to listen. */
    BEFORE_SERVER_STARTED(GATEWAY),
    /** QEMU serves clients, and has nothing for them. */
    AFTER_SERVER_STARTED(GATEWAY),
    /** QEMU holds the target nodes, no job exists. */
    AFTER_TARGETS_OPENED(GATEWAY),
    /** The log says that the guest may be frozen, and it is not yet. */
    BEFORE_FREEZE(GATEWAY),
    /** The guest is frozen, the transaction was not sent. */
    AFTER_FREEZE(GATEWAY),
    /** The guest is frozen, and nobody needs that any more. */
    BEFORE_THAW(GATEWAY),
    /** The guest is thawed, the log knows nothing. */
    AFTER_THAW(GATEWAY),
    /** The transaction is decided, not a byte of it was sent. */
    BEFORE_TRANSACTION(GATEWAY),
    /** The transaction is on its way to QEMU, its reply was not read. */
    TRANSACTION_SENT(GATEWAY),
    /** The transaction was executed, nobody looked. */
    AFTER_TRANSACTION(GATEWAY),
    /** The jobs of a backup run. */
    JOBS_RUN(GATEWAY),
    /** The jobs of a pull backup run, no client can read. */
    BEFORE_EXPORT(GATEWAY),
    /** Clients can read, and nobody was told. */
    AFTER_EXPORT(GATEWAY),
    /** Exports are to end, and serve. */
    BEFORE_EXPORTS_ENDED(GATEWAY),
    /** Exports have ended, their jobs run. */
    AFTER_EXPORTS_ENDED(GATEWAY),
    /** QEMU serves nobody any more, and what was made for its server is there. */
    AFTER_SERVER_STOPPED(GATEWAY),
    /** Jobs are to be cancelled, none was told. */
    BEFORE_CANCEL(GATEWAY),
    /** Cancelled jobs were told, and may or may not have concluded. */
    AFTER_CANCEL(GATEWAY),
    /** The jobs concluded, QEMU still holds the target nodes. */
    BEFORE_TARGETS_CLOSED(GATEWAY),
    /** The target files hold all data, QEMU still has them open. */
    AFTER_TARGETS_FLUSHED(GATEWAY),
    /** QEMU closed the files, they are not a backup yet. */
    BEFORE_COMPLETE(GATEWAY),
    /** The files of an unfinished backup are about to be made durable. */
    BEFORE_FILES_SYNCED(GATEWAY),
    /** The disk files are durable. */
    FILES_SYNCED(GATEWAY),
    /** Their digests were read back. */
    DIGESTS_READ(GATEWAY),
    /** The manifest is durable, in the unfinished directory. */
    MANIFEST_WRITTEN(GATEWAY),
    /** The directory has the backup's name. */
    RENAMED(GATEWAY),
    /** The new name is durable. */
    NAME_SYNCED(GATEWAY),
    /** The backup lies in the repository, its jobs are still in QEMU and the log knows nothing. */
    AFTER_COMPLETE(GATEWAY),
    /** The jobs' evidence is about to go from QEMU, the log knows nothing. */
    BEFORE_DISMISS(GATEWAY),
    /** The jobs' evidence is gone from QEMU, the log knows nothing. */
    AFTER_DISMISS(GATEWAY),
    /** Leftovers are known and still there. */
    BEFORE_SWEEP(GATEWAY),
    /** Leftovers are gone, nobody looked. */
    AFTER_SWEEP(GATEWAY),
    /** An operation on the repository alone was not begun. */
    BEFORE_ERRAND(GATEWAY),
    /** An operation on the repository alone has come to its end, nobody was told. */
    AFTER_ERRAND(GATEWAY),
    /** A restore's directory exists and says whose it is; it holds no data. */
    RESTORE_BEGUN(GATEWAY),
    /** All restored files are durable under names that nobody takes for whole. */
    RESTORE_COPIED(GATEWAY),
    /** Restored files have their names, the directory was not synced. */
    RESTORE_NAMED(GATEWAY),
    /** A restore says of itself that it is whole. */
    RESTORE_FINISHED(GATEWAY),
    /** A backup is to be deleted and lies whole under its name. */
    BEFORE_BACKUP_SET_ASIDE(GATEWAY),
    /** A deleted backup has another name, which is not durable. */
    BACKUP_SET_ASIDE(GATEWAY),
    /** Nothing has the deleted backup's name, durably; its files are all there. */
    BEFORE_BACKUP_REMOVED(GATEWAY),
    /** The deleted backup's files are gone. */
    BACKUP_REMOVED(GATEWAY),
    /** A backup is to be merged, nothing was written for it. */
    BEFORE_MERGE(GATEWAY),
    /** The merged images are written, nobody compared them with what they are to hold. */
    MERGE_COPIED(GATEWAY),
    /** The merged images are durable and hold what they are to hold; the manifest knows nothing of them. */
    MERGE_COMPARED(GATEWAY),
    /** The manifest describes the backup's files as they are and as they are going to be. */
    MERGE_ANNOUNCED(GATEWAY),
    /** One merged image has its name, which is not durable. */
    MERGE_FILE_SWAPPED(GATEWAY),
    /** All merged images have their names, durably; the manifest still describes both. */
    MERGE_FILES_SWAPPED(GATEWAY),
    /** The manifest describes the merged backup, durably; the log knows nothing. */
    MERGE_FINISHED(GATEWAY);

    /** In which process a point is passed. */
    public enum Component {
        COORDINATOR,
        GATEWAY
    }

    private final Component component;

    CrashPoint(Component component) {
        this.component = component;
    }

    public Component component() {
        return component;
    }
}
