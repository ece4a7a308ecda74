-- Whether a backup is kept from being deleted, and the reason of a legal hold, with who put it and when.
ALTER TABLE tidemark.backup ADD COLUMN protected boolean;
UPDATE tidemark.backup SET protected = false;
ALTER TABLE tidemark.backup ALTER COLUMN protected SET NOT NULL;
ALTER TABLE tidemark.backup ADD COLUMN hold text;
ALTER TABLE tidemark.backup ADD COLUMN held_by text;
ALTER TABLE tidemark.backup ADD COLUMN held_since timestamptz;

ALTER TABLE tidemark.operation DROP CONSTRAINT operation_kind_check;
ALTER TABLE tidemark.operation ADD CONSTRAINT operation_kind_check
    CHECK (kind IN ('REGISTER', 'REMOVE', 'CREATE_CHECKPOINT', 'DELETE_CHECKPOINT', 'BACKUP', 'ABORT_BACKUP',
                    'CHANGE_SPEED', 'VERIFY', 'RESTORE', 'DELETE_BACKUP', 'PROTECT_BACKUP', 'UNPROTECT_BACKUP',
                    'CHANGE_RETENTION'));
