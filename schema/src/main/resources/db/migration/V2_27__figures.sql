-- What has come of each machine's backups, counted as it happens: a history of years is not read again each time somebody measures.
-- A row is its machine's own, so that no two machines wait for each other to count.
CREATE TABLE tidemark.vm_tally (
    vm      text   NOT NULL,
    measure text   NOT NULL CHECK (measure IN ('BACKUP', 'DISK', 'BYTES', 'FULL')),
    -- BACKUP: mode and outcome; DISK and BYTES: kind; FULL: why it was no incremental.
    label   text   NOT NULL,
    amount  bigint NOT NULL,
    PRIMARY KEY (vm, measure, label)
);

GRANT SELECT, INSERT, UPDATE ON tidemark.vm_tally TO tidemark_application;

-- A machine's newest backup that counts, and the newest that was read again, without a look at all the others.
CREATE INDEX backup_completed_newest ON tidemark.backup (vm, version) WHERE state = 'COMPLETED';
CREATE INDEX backup_verified_newest ON tidemark.backup (vm, version) WHERE state = 'COMPLETED' AND verified_at IS NOT NULL;

-- What was folded before, as the fold would have it. A merge has since taken causes and replaced kinds and bytes: the log still has them.
INSERT INTO tidemark.vm_tally (vm, measure, label, amount)
SELECT e.aggregate_identifier, 'BACKUP',
       b.mode || ' ' || CASE e.payload_type WHEN 'backup-failed.v1' THEN 'FAILED' WHEN 'backup-aborted.v1' THEN 'ABORTED' ELSE 'COMPLETED' END,
       count(*)
  FROM tidemark.domain_event_entry e JOIN tidemark.backup b ON b.id = e.payload->>'backup'
 WHERE e.payload_type IN ('backup-completed.v1', 'backup-pulled.v1', 'backup-failed.v1', 'backup-aborted.v1')
 GROUP BY 1, 2, 3;

INSERT INTO tidemark.vm_tally (vm, measure, label, amount)
SELECT e.aggregate_identifier, tallied.measure, d.value->>'kind', sum(tallied.amount)
  FROM tidemark.domain_event_entry e,
       jsonb_array_elements(e.payload::jsonb->'disks') AS d (value),
       LATERAL (VALUES ('DISK', 1), ('BYTES', (d.value->>'bytes')::bigint)) AS tallied (measure, amount)
 WHERE e.payload_type = 'backup-completed.v1'
 GROUP BY 1, 2, 3;

-- By the last plan before the backup was done, and by what was done then.
INSERT INTO tidemark.vm_tally (vm, measure, label, amount)
SELECT e.aggregate_identifier, 'FULL', coalesce(disk.cause, 'REQUESTED'), count(*)
  FROM tidemark.domain_event_entry e,
       LATERAL (SELECT r.payload::jsonb->'disks' AS disks FROM tidemark.domain_event_entry r
                 WHERE r.aggregate_identifier = e.aggregate_identifier AND r.sequence_number < e.sequence_number
                   AND r.payload_type IN ('backup-requested.v1', 'backup-replanned.v1')
                   AND r.payload->>'backup' = e.payload->>'backup'
                 ORDER BY r.sequence_number DESC LIMIT 1) AS plan,
       LATERAL (SELECT p.value->>'cause' AS cause, coalesce(c.value->>'kind', p.value->>'kind') AS kind
                  FROM jsonb_array_elements(plan.disks) AS p (value)
                  FULL JOIN jsonb_array_elements(CASE e.payload_type WHEN 'backup-completed.v1' THEN e.payload::jsonb->'disks'
                                                                     ELSE '[]' END) AS c (value)
                    ON c.value->>'disk' = p.value->>'disk') AS disk
 WHERE e.payload_type IN ('backup-completed.v1', 'backup-pulled.v1')
   AND disk.kind = 'FULL'
 GROUP BY 1, 2, 3;
