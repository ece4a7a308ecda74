-- A backup that took in what it stood on: it holds what it held, and its files are others.
ALTER TABLE tidemark.backup ADD COLUMN merged_at timestamptz;
ALTER TABLE tidemark.backup ADD COLUMN merged_by text;

ALTER TABLE tidemark.operation DROP CONSTRAINT operation_kind_check;
ALTER TABLE tidemark.operation ADD CONSTRAINT operation_kind_check
    CHECK (kind IN ('REGISTER', 'REMOVE', 'CREATE_CHECKPOINT', 'DELETE_CHECKPOINT', 'BACKUP', 'ABORT_BACKUP',
                    'FINISH_BACKUP', 'CHANGE_SPEED', 'VERIFY', 'RESTORE', 'DELETE_BACKUP', 'MERGE_BACKUP',
                    'PROTECT_BACKUP', 'UNPROTECT_BACKUP', 'CHANGE_RETENTION'));
