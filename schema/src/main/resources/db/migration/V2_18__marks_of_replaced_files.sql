-- A reading speaks of the files that there were. A merge puts others in their place: what was read before it says nothing of those,
-- neither for the merged backup nor for those that stand on it. The log keeps who read what and when.
WITH RECURSIVE read_with (backup, disk, file_of, next) AS (
    SELECT d.backup, d.disk, d.backup, d.parent FROM tidemark.backup_disk d
    UNION
    SELECT r.backup, r.disk, d.backup, d.parent
      FROM read_with r JOIN tidemark.backup_disk d ON d.backup = r.next AND d.disk = r.disk
), replaced AS (
    SELECT r.backup, max((e.payload->>'at')::timestamptz) AS at
      FROM tidemark.event_log e, jsonb_array_elements(e.payload->'disks') AS merged (value), read_with r
     WHERE e.event_type = 'backup-merged.v1'
       AND r.file_of = e.payload->>'backup' AND r.disk = merged.value->'now'->>'disk'
     GROUP BY r.backup
)
UPDATE tidemark.backup b
   SET verified_at = CASE WHEN b.verified_at > r.at THEN b.verified_at END,
       verified_by = CASE WHEN b.verified_at > r.at THEN b.verified_by END,
       deep_verified_at = CASE WHEN b.deep_verified_at > r.at THEN b.deep_verified_at END
  FROM replaced r
 WHERE r.backup = b.id;
