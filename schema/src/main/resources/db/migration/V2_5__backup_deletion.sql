-- A backup that was taken out of its repository stays in the log and in the list of those that ask for it.
ALTER TABLE tidemark.backup DROP CONSTRAINT backup_state_check;
ALTER TABLE tidemark.backup ADD CONSTRAINT backup_state_check
    CHECK (state IN ('REQUESTED', 'RUNNING', 'COMPLETED', 'FAILED', 'ABORTED', 'UNKNOWN', 'DELETING', 'DELETED'));

ALTER TABLE tidemark.operation DROP CONSTRAINT operation_kind_check;
ALTER TABLE tidemark.operation ADD CONSTRAINT operation_kind_check
    CHECK (kind IN ('REGISTER', 'REMOVE', 'CREATE_CHECKPOINT', 'DELETE_CHECKPOINT', 'BACKUP', 'ABORT_BACKUP',
                    'CHANGE_SPEED', 'VERIFY', 'RESTORE', 'DELETE_BACKUP'));
