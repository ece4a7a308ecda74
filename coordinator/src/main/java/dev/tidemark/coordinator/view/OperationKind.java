package dev.tidemark.coordinator.view;

/** What was asked for. */
public enum OperationKind {
    REGISTER,
    REMOVE,
    CREATE_CHECKPOINT,
    DELETE_CHECKPOINT,
    BACKUP,
    ABORT_BACKUP,
    FINISH_BACKUP,
    CHANGE_SPEED,
    VERIFY,
    ABORT_OPERATION,
    RESTORE,
    EXPORT,
    END_EXPORT,
    DELETE_BACKUP,
    MERGE_BACKUP,
    PROTECT_BACKUP,
    UNPROTECT_BACKUP,
    CHANGE_RETENTION
}
