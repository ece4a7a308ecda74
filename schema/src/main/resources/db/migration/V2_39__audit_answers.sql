-- What auditors ask about backups, with a million of them: a first page comes within a second, also if few of them are meant, or none.

-- Forced fulls are rare where all is well, and then all backups were read to find them.
CREATE INDEX backup_disk_forced ON tidemark.backup_disk (backup) WHERE kind = 'FULL' AND cause <> 'REQUESTED';

-- The newest verified backup that can be restored from: found by its time, and what it stands on is looked through only for machines of
-- which anything is damaged at all. Before, that was done for each verified backup of each machine.
CREATE INDEX backup_verified_by_time ON tidemark.backup (vm, verified_at) WHERE state = 'COMPLETED' AND verified_at IS NOT NULL;

CREATE OR REPLACE VIEW tidemark.audit_restore_point AS
SELECT v.id                         AS vm_id,
       v.name                       AS vm,
       verified.id                  AS backup,
       verified.repository          AS repository,
       verified.verified_at         AS verified_at,
       made.completed_at            AS completed_at,
       v.registered_at              AS registered_at
  FROM tidemark.vm v
  LEFT JOIN LATERAL (
       SELECT b.id, b.repository, b.verified_at FROM tidemark.backup b
        WHERE b.vm = v.id AND b.state = 'COMPLETED' AND b.verified_at IS NOT NULL
          AND (b.vm NOT IN (SELECT hurt.vm FROM tidemark.backup_disk d JOIN tidemark.backup hurt ON hurt.id = d.backup
                             WHERE d.damage IS NOT NULL)
               OR NOT EXISTS (
              WITH RECURSIVE beneath (backup, disk) AS (
                  SELECT d.backup, d.disk FROM tidemark.backup_disk d WHERE d.backup = b.id
                  UNION
                  SELECT d.parent, d.disk FROM beneath u
                    JOIN tidemark.backup_disk d ON d.backup = u.backup AND d.disk = u.disk
                   WHERE d.parent IS NOT NULL)
              SELECT FROM beneath u JOIN tidemark.backup_disk d ON d.backup = u.backup AND d.disk = u.disk
               WHERE d.damage IS NOT NULL))
        ORDER BY b.verified_at DESC LIMIT 1) AS verified ON true
  LEFT JOIN LATERAL (
       SELECT b.completed_at FROM tidemark.backup b
        WHERE b.vm = v.id AND b.state = 'COMPLETED' ORDER BY b.version DESC LIMIT 1) AS made ON true
 WHERE v.removed_at IS NULL;
