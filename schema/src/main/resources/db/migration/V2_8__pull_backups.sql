-- Pull backups: a client reads them from where they are served, until it finishes or its lease ends.
ALTER TABLE tidemark.backup ADD COLUMN lease_until timestamptz;
ALTER TABLE tidemark.backup ADD COLUMN scratch_bytes_max bigint;
ALTER TABLE tidemark.backup DROP CONSTRAINT backup_state_check;
ALTER TABLE tidemark.backup ADD CONSTRAINT backup_state_check
    CHECK (state IN ('REQUESTED', 'RUNNING', 'READY', 'COMPLETED', 'FAILED', 'ABORTED', 'UNKNOWN', 'DELETING',
                     'DELETED'));

ALTER TABLE tidemark.backup_disk ADD COLUMN uri text;
ALTER TABLE tidemark.backup_disk ADD COLUMN dirty_context text;

ALTER TABLE tidemark.operation DROP CONSTRAINT operation_kind_check;
ALTER TABLE tidemark.operation ADD CONSTRAINT operation_kind_check
    CHECK (kind IN ('REGISTER', 'REMOVE', 'CREATE_CHECKPOINT', 'DELETE_CHECKPOINT', 'BACKUP', 'ABORT_BACKUP',
                    'FINISH_BACKUP', 'CHANGE_SPEED', 'VERIFY', 'RESTORE', 'DELETE_BACKUP', 'PROTECT_BACKUP',
                    'UNPROTECT_BACKUP', 'CHANGE_RETENTION'));
