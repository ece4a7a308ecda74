package dev.tidemark.coordinator.drill;

import static dev.tidemark.schema.crash.CrashPoint.*;

import dev.tidemark.schema.crash.CrashPoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Which points each workflow is certain to pass, and how often: a drill stands still at each. That the list says what happens,
 * and forgets no point, is tested against real processes.
 */
final class Passages {
    private static final List<CrashPoint> APPEND = List.of(BEFORE_APPEND, AFTER_APPEND, BEFORE_COMMIT, AFTER_COMMIT);

    /** A desired state goes out, QEMU is looked at, what was seen or done comes in. */
    private static final List<CrashPoint> ROUND = List.of(
            BEFORE_HAND_OUT,
            AFTER_WAKE,
            BEFORE_LOOK,
            AFTER_LOOK,
            BEFORE_REPORT,
            AFTER_REPORT,
            BEFORE_RECORD,
            AFTER_RECORD);

    private static final List<CrashPoint> QUIESCENCE = List.of(BEFORE_FREEZE, AFTER_FREEZE, BEFORE_THAW, AFTER_THAW);

    private static final List<CrashPoint> TRANSACTION =
            List.of(BEFORE_TRANSACTION, TRANSACTION_SENT, AFTER_TRANSACTION);

    private static final List<CrashPoint> BACKUP = List.of(
            BEFORE_QEMU_IMG,
            AFTER_QEMU_IMG,
            BEFORE_BEGIN,
            AFTER_BEGIN,
            AFTER_FILE_OPENED,
            AFTER_TARGETS_OPENED,
            JOBS_RUN,
            BEFORE_TARGETS_CLOSED,
            AFTER_TARGETS_FLUSHED,
            BEFORE_COMPLETE,
            BEFORE_FILES_SYNCED,
            FILES_SYNCED,
            DIGESTS_READ,
            MANIFEST_WRITTEN,
            RENAMED,
            NAME_SYNCED,
            AFTER_COMPLETE,
            BEFORE_DISMISS,
            AFTER_DISMISS);

    private static final List<CrashPoint> PULL = List.of(
            BEFORE_QEMU_IMG,
            AFTER_QEMU_IMG,
            BEFORE_BEGIN,
            AFTER_BEGIN,
            AFTER_FILE_OPENED,
            BEFORE_SERVER_STARTED,
            AFTER_SERVER_STARTED,
            AFTER_TARGETS_OPENED,
            BEFORE_EXPORT,
            AFTER_EXPORT,
            JOBS_RUN);

    /** In the only safe order. */
    private static final List<CrashPoint> PULL_ENDED = List.of(
            BEFORE_EXPORTS_ENDED,
            AFTER_EXPORTS_ENDED,
            BEFORE_CANCEL,
            AFTER_CANCEL,
            AFTER_SERVER_STOPPED,
            BEFORE_DISMISS,
            AFTER_DISMISS);

    private static final List<CrashPoint> ERRAND =
            List.of(BEFORE_ERRAND, BEFORE_QEMU_IMG, AFTER_QEMU_IMG, AFTER_ERRAND);

    private final List<Moment> moments = new ArrayList<>();

    private Passages() {}

    static List<Moment> of(Workflow workflow) {
        Passages passages = new Passages();
        if (workflow == Workflow.RECONCILE) {
            return passages.with(1, APPEND).with(1, ROUND).with(1, List.of(BEFORE_SWEEP, AFTER_SWEEP)).moments;
        }
        // The command, and what is concluded from the report.
        passages.with(1, APPEND).with(1, List.of(BEFORE_ANSWER)).with(1, ROUND).with(2, APPEND);
        switch (workflow) {
            case CREATE -> passages.with(1, TRANSACTION);
            // The second transaction takes away the mark of the first.
            case DELETE_MIDDLE, DELETE_NEWEST -> passages.with(1, TRANSACTION).with(2, List.of(TRANSACTION_SENT));
            case FULL, INCREMENTAL ->
                passages.with(1, TRANSACTION)
                        .with(1, BACKUP)
                        // The beginning is recorded, and then the end.
                        .with(3, List.of(AFTER_APPEND, BEFORE_COMMIT, AFTER_COMMIT))
                        .with(2, List.of(BEFORE_LOOK, BEFORE_REPORT, AFTER_REPORT, BEFORE_RECORD, AFTER_RECORD));
            // That the guest may be frozen is recorded first.
            case QUIESCE ->
                passages.with(1, QUIESCENCE)
                        .with(1, TRANSACTION)
                        .with(3, List.of(AFTER_APPEND, BEFORE_COMMIT, AFTER_COMMIT))
                        .with(2, List.of(BEFORE_REPORT, AFTER_REPORT, BEFORE_RECORD, AFTER_RECORD));
            case QUIESCED_BACKUP ->
                passages.with(1, QUIESCENCE)
                        .with(1, TRANSACTION)
                        .with(1, List.of(AFTER_TARGETS_OPENED, JOBS_RUN, MANIFEST_WRITTEN));
            case ABORT -> passages.with(1, List.of(BEFORE_CANCEL, AFTER_CANCEL, BEFORE_DISMISS, AFTER_DISMISS));
            case PULL ->
                passages.with(1, TRANSACTION)
                        .with(1, PULL)
                        // The beginning is recorded, and then that it can be read.
                        .with(3, List.of(AFTER_APPEND, BEFORE_COMMIT, AFTER_COMMIT))
                        .with(2, List.of(BEFORE_LOOK, BEFORE_REPORT, AFTER_REPORT, BEFORE_RECORD, AFTER_RECORD));
            case FINISH_PULL -> passages.with(1, PULL_ENDED);
            case VERIFY -> passages.with(1, ERRAND);
            case RESTORE ->
                passages.with(1, ERRAND)
                        .with(1, List.of(RESTORE_BEGUN, RESTORE_COPIED, RESTORE_NAMED, RESTORE_FINISHED));
            case DELETE_BACKUP ->
                passages.with(1, List.of(BEFORE_ERRAND, AFTER_ERRAND))
                        .with(
                                1,
                                List.of(
                                        BEFORE_BACKUP_SET_ASIDE,
                                        BACKUP_SET_ASIDE,
                                        BEFORE_BACKUP_REMOVED,
                                        BACKUP_REMOVED));
            // Of two disks.
            case MERGE_BACKUP ->
                passages.with(1, ERRAND)
                        .with(
                                1,
                                List.of(
                                        BEFORE_MERGE,
                                        MERGE_COPIED,
                                        MERGE_COMPARED,
                                        MERGE_ANNOUNCED,
                                        MERGE_FILE_SWAPPED,
                                        MERGE_FILES_SWAPPED,
                                        MERGE_FINISHED))
                        .with(2, List.of(MERGE_FILE_SWAPPED, BEFORE_QEMU_IMG, AFTER_QEMU_IMG));
            // What serves is a process of its own, which is asked for and told of like everything else.
            case EXPORT, END_EXPORT, REGISTER, RECONCILE -> {}
        }
        return passages.moments;
    }

    private Passages with(int passage, List<CrashPoint> points) {
        points.forEach(point -> moments.add(new Moment(point, passage)));
        return this;
    }
}
