-- Whose file is damaged, and who had it read. A mark is kept where the damaged file is; what else is restored from that
-- file follows from the parents, whenever somebody asks. Only a reading of that very file takes a mark away.

ALTER TABLE tidemark.backup ADD COLUMN verified_by text;
ALTER TABLE tidemark.backup DROP COLUMN damaged;

-- From a damaged file to those that stand on it.
CREATE INDEX backup_disk_by_parent ON tidemark.backup_disk (parent, disk);
CREATE INDEX backup_disk_damaged ON tidemark.backup_disk (backup, disk) WHERE damage IS NOT NULL;

-- What was folded before is brought to where the fold would have it now.
UPDATE tidemark.backup b
   SET verified_by = (SELECT o.caller FROM tidemark.operation o
                       WHERE o.kind = 'VERIFY' AND o.state = 'DONE' AND o.target = b.id AND o.ended_at = b.verified_at
                       ORDER BY o.version DESC LIMIT 1)
 WHERE b.verified_at IS NOT NULL;

UPDATE tidemark.backup_disk SET damage = NULL WHERE damage IS NOT NULL;

WITH RECURSIVE read_with (backup, disk, file_of, next) AS (
    SELECT d.backup, d.disk, d.backup, d.parent FROM tidemark.backup_disk d
    UNION
    SELECT r.backup, r.disk, d.backup, d.parent
      FROM read_with r JOIN tidemark.backup_disk d ON d.backup = r.next AND d.disk = r.disk
), told AS (
    SELECT e.aggregate_identifier AS vm, e.sequence_number, e.payload->>'backup' AS backup,
           found.value->>'disk' AS disk, found.value->>'file' AS file, found.value->>'detail' AS detail
      FROM tidemark.event_log e, jsonb_array_elements(e.payload->'disks') AS found (value)
     WHERE e.event_type = 'backup-damaged.v1'
), owned AS (
    SELECT DISTINCT ON (d.backup, d.disk)
           d.backup, d.disk, t.vm, t.sequence_number, t.file || ': ' || t.detail AS damage
      FROM told t
      JOIN tidemark.backup b ON b.vm = t.vm
      JOIN tidemark.backup_disk d ON d.backup = b.id
     WHERE (d.disk = t.disk AND d.file = t.file)
        OR (d.backup = t.backup
            AND NOT EXISTS (SELECT FROM tidemark.backup_disk o JOIN tidemark.backup ob ON ob.id = o.backup
                             WHERE ob.vm = t.vm AND o.disk = t.disk AND o.file = t.file)
            AND (d.disk = t.disk
                 OR NOT EXISTS (SELECT FROM tidemark.backup_disk o WHERE o.backup = t.backup AND o.disk = t.disk)))
     ORDER BY d.backup, d.disk, t.sequence_number DESC
)
UPDATE tidemark.backup_disk d
   SET damage = owned.damage
  FROM owned
 WHERE d.backup = owned.backup AND d.disk = owned.disk
   AND NOT EXISTS (SELECT FROM tidemark.event_log v
                     JOIN read_with r ON r.backup = v.payload->>'backup'
                    WHERE v.event_type = 'backup-verified.v1' AND v.aggregate_identifier = owned.vm
                      AND v.sequence_number > owned.sequence_number
                      AND r.disk = owned.disk AND r.file_of = owned.backup);
