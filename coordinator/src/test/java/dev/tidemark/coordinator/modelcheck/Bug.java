package dev.tidemark.coordinator.modelcheck;

/** Faults to plant in the protocol, one at a time: each has to be found, or the check proves nothing. */
enum Bug {
    NONE,
    /** Disable the old bitmap, then, as a second command, add the new one (S3). */
    CHECKPOINT_IN_TWO_STEPS,
    /** A deleted checkpoint's bitmap name is given to a new one (S4). */
    NAME_REUSED,
    /** A bitmap that is not there is taken for an empty one. */
    ABSENT_IS_EMPTY,
    /** The base is the newest checkpoint, although its backup failed. */
    BASE_IS_NEWEST_CHECKPOINT,
    /** The base lies in another repository. */
    BASE_FROM_ANOTHER_REPOSITORY,
    /** A deletion hands the bits to the next bitmap: between two it is a superset; the newest has no next. */
    MERGE_INTO_NEXT,
    /** A deletion only removes. */
    DELETE_WITHOUT_MERGE,
    /** QEMU's word, or its silence, is taken for the effect. */
    TRUST_THE_REPLY,
    /** The files of a backup are not fsynced. */
    SKIP_THE_FSYNC,
    /** A failed job is dismissed before its end is recorded. */
    DISMISS_BEFORE_RECORDING,
    /** A deletion whose reply was lost is done again, by its place in the chain. */
    DELETE_AGAIN,
    /** A deletion leaves no mark: gone is taken for done. */
    NO_MARK_ON_DELETE,
    /** What changed is taken from the disabled bitmaps, without the one that records. */
    ONLY_DISABLED_BITMAPS,
    /** What changed is taken from the base's own bitmap alone. */
    ONLY_THE_BASE_BITMAP,
    /** A backup that fails clears its base's bitmap. */
    CLEAR_BASE_ON_FAILURE,
    /** A backup clears what it copies, as other bitmap modes do (S6). */
    BACKUP_CLEARS_BITMAPS,
    /** Success is told before the rename. */
    REPORT_BEFORE_RENAME,
    /** The gateway is woken before the intent is committed. */
    INTENT_NOT_COMMITTED,
    /** An inconsistent bitmap is used. */
    INCONSISTENT_IS_CONSISTENT,
    /** Whether a bitmap records is not asked. */
    RECORDING_FLAG_IGNORED,
    /** A changed size is not noticed (S1). */
    SIZE_CHANGE_IGNORED,
    /** A bitmap is looked for by name anywhere below the top layer (S5). */
    BITMAP_FOUND_BELOW,
    /** A layer put on top around the moment of the backup is not noticed. */
    MOMENT_UNCHECKED,
    /** Only the gateway's memory knows that a layer was put on top around the moment of the backup. */
    MOMENT_KNOWN_TO_THE_GATEWAY_ALONE,
    /** A report made for an older version of the log is concluded from. */
    OLD_REPORTS_ACCEPTED,
    /** A start whose answer was lost is sent again under other names. */
    START_AGAIN_BLINDLY,
    /** A backup that was started before QEMU's restart is gone on with: no job, no error. */
    GO_ON_AFTER_RESTART,
    /** A deleted checkpoint's bitmap comes back unnoticed, with a rolled-back image. */
    RETURN_UNNOTICED,
    /** What somebody else wrote to an image between two runs of QEMU is not looked at. */
    WRITTEN_IMAGE_IGNORED,
    /** A gateway that did not watch an image says that nobody wrote to it. */
    UNWATCHED_IS_UNTOUCHED,
    /** The log takes note of a new run of QEMU before it judges what became of the images meanwhile. */
    IMAGES_JUDGED_AGAINST_THE_NEW_RUN,
    /** A backup is completed before the log knows that it has begun, and a new start leaves that completion running. */
    START_UNTOLD,
    /** A start removes the files that an earlier try's job is writing to. */
    TARGETS_MADE_UNDER_A_JOB,
    /** What is true of one disk is taken for true of all. */
    ONE_DISK_FOR_ALL,
    /** The temporary union is dropped while the job runs. */
    UNION_DROPPED_EARLY,
    /** A job's error is not looked at. */
    JOB_ERROR_IGNORED,
    /** The transaction is sent although the look differs from what it was planned for. */
    OBSTACLE_IGNORED,
    /** What a failed operation left in QEMU is never put away. */
    NEVER_SWEEPS,
    /** A bitmap of a chain is swept as a leftover. */
    SWEEPS_THE_CHAIN,
    /** A finished backup's operation waits for a job that is not there any more. */
    WAITS_FOR_A_GONE_JOB
}
