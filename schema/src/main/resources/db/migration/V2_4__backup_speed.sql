-- How much each job of a backup may copy in a second: asked for with the backup, and changed while it runs.
ALTER TABLE tidemark.backup ADD COLUMN bytes_per_second_max bigint;

-- As a rebuild from the log gives it: until now a limit stayed what it was asked to be.
UPDATE tidemark.backup b
   SET bytes_per_second_max = (e.payload ->> 'bytesPerSecondMax')::bigint
  FROM tidemark.domain_event_entry e
 WHERE e.payload_type = 'backup-requested.v1'
   AND e.aggregate_identifier = b.vm
   AND e.sequence_number = b.version - 1;

ALTER TABLE tidemark.operation DROP CONSTRAINT operation_kind_check;
ALTER TABLE tidemark.operation ADD CONSTRAINT operation_kind_check
    CHECK (kind IN ('REGISTER', 'REMOVE', 'CREATE_CHECKPOINT', 'DELETE_CHECKPOINT', 'BACKUP', 'ABORT_BACKUP',
                    'CHANGE_SPEED', 'VERIFY', 'RESTORE'));
