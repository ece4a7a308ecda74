-- What auditors ask, a view for each question; docs/audit.md explains them. Times are of the coordinator's clock, places break ties.
--
-- Whoever gets the role tidemark_auditor can read these, and the log, and nothing else.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tidemark_auditor') THEN
        BEGIN
            CREATE ROLE tidemark_auditor NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'there is no role tidemark_auditor, and this user may not make it; see docs/audit.md';
        END;
    END IF;
END
$$;

-- Where copies and exports can be read is for nobody who asks here (security/Confidential has the same rule).
CREATE FUNCTION tidemark.without_addresses(words text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN regexp_replace(words, 'nbds?(\+unix)?:/[^\s"'',;()]*', 'nbd:(not shown)', 'g');

-- Accepted commands: one row each, with what became of it. Who asked, and from where, stands beside the event that opened the operation.
CREATE VIEW tidemark.audit_accepted_act AS
SELECT o.started_at                 AS at,
       o.id                         AS place,
       e.meta_data->>'request'      AS request,
       o.caller                     AS caller,
       e.meta_data->>'method'       AS method,
       e.meta_data->>'token'        AS token,
       e.meta_data->>'address'      AS address,
       o.kind                       AS act,
       e.meta_data->>'route'        AS route,
       o.vm                         AS vm_id,
       v.name                       AS vm,
       o.target                     AS target,
       'ALLOWED'                    AS decision,
       o.code                       AS code,
       o.state                      AS outcome,
       tidemark.without_addresses(o.error) AS detail,
       o.id                         AS operation,
       1::bigint                    AS times
  FROM tidemark.operation o
  LEFT JOIN tidemark.vm v ON v.id = o.vm
  LEFT JOIN tidemark.domain_event_entry e ON e.aggregate_identifier = o.vm AND e.sequence_number = o.version - 1;

-- What has no event: denied, refused and invalid calls, reads that matter, sign-ins. "times" counts calls that came again and again.
CREATE VIEW tidemark.audit_recorded_act AS
SELECT a.at                         AS at,
       '#' || lpad(a.number::text, 19, '0') AS place,
       a.content->>'request'        AS request,
       a.content->>'caller'         AS caller,
       a.content->>'method'         AS method,
       a.content->>'token'          AS token,
       a.content->>'address'        AS address,
       a.content->>'act'            AS act,
       a.content->>'route'          AS route,
       a.content->>'vmId'           AS vm_id,
       a.content->>'vm'             AS vm,
       a.content->>'target'         AS target,
       a.content->>'decision'       AS decision,
       a.content->>'code'           AS code,
       NULL::text                   AS outcome,
       tidemark.without_addresses(a.content->>'detail') AS detail,
       a.content->>'operation'      AS operation,
       (a.content->>'times')::bigint AS times
  FROM tidemark.act_entry a;

-- Tokens that were made and revoked.
CREATE VIEW tidemark.audit_token_act AS
SELECT t.at                         AS at,
       'token/' || lpad(t.sequence::text, 19, '0') AS place,
       t.circumstances->>'request'  AS request,
       t.by_whom                    AS caller,
       t.circumstances->>'method'   AS method,
       t.circumstances->>'token'    AS token,
       t.circumstances->>'address'  AS address,
       CASE t.act WHEN 'CREATED' THEN 'CREATE_TOKEN' ELSE 'REVOKE_TOKEN' END AS act,
       t.circumstances->>'route'    AS route,
       NULL::text                   AS vm_id,
       NULL::text                   AS vm,
       made.name                    AS target,
       'ALLOWED'                    AS decision,
       NULL::text                   AS code,
       'DONE'                       AS outcome,
       CASE t.act WHEN 'CREATED' THEN concat(lower(t.role), ', vms ', t.machines) END AS detail,
       NULL::text                   AS operation,
       1::bigint                    AS times
  FROM tidemark.api_token_entry t
  JOIN tidemark.api_token_entry made ON made.token = t.token AND made.act = 'CREATED';

-- All of them.
CREATE VIEW tidemark.audit_act AS
SELECT * FROM tidemark.audit_accepted_act
UNION ALL SELECT * FROM tidemark.audit_recorded_act
UNION ALL SELECT * FROM tidemark.audit_token_act;

CREATE VIEW tidemark.audit_denied AS
SELECT * FROM tidemark.audit_act WHERE decision <> 'ALLOWED';

CREATE VIEW tidemark.audit_deletion AS
SELECT * FROM tidemark.audit_act
 WHERE act IN ('DELETE_BACKUP', 'DELETE_CHECKPOINT', 'REMOVE', 'MERGE_BACKUP', 'REVOKE_TOKEN')
    OR route LIKE 'DELETE %' OR route = 'POST /v1/backups/{backup}/merge';

CREATE VIEW tidemark.audit_restore AS
SELECT * FROM tidemark.audit_act
 WHERE act IN ('RESTORE', 'EXPORT', 'END_EXPORT')
    OR route IN ('POST /v1/vms/{vm}/restores', 'POST /v1/backups/{backup}/exports', 'POST /v1/exports/{export}/end');

-- A machine's history, and a backup's (WHERE backup = …): each event with what it is about. Nothing of it opens anything: where exports
-- can be read is not in here.
CREATE VIEW tidemark.audit_history AS
SELECT e.time_stamp::timestamptz    AS at,
       e.sequence_number            AS place,
       e.aggregate_identifier       AS vm_id,
       v.name                       AS vm,
       e.sequence_number + 1        AS version,
       e.payload_type               AS event,
       e.payload->>'operation'      AS operation,
       e.meta_data->>'caller'       AS caller,
       e.meta_data->>'address'      AS address,
       e.meta_data->>'request'      AS request,
       e.payload->>'backup'         AS backup,
       coalesce(e.payload->>'checkpoint', e.payload->>'export', e.payload->>'errand', e.payload->>'subject') AS subject,
       e.payload->>'disk'           AS disk,
       coalesce(e.payload->>'code', e.payload->>'cause', e.payload->>'kind') AS code,
       tidemark.without_addresses(e.payload->>'detail') AS detail
  FROM tidemark.domain_event_entry e
  LEFT JOIN tidemark.vm v ON v.id = e.aggregate_identifier;

-- Every disk that was copied in full though an incremental backup was wanted, and why.
CREATE VIEW tidemark.audit_forced_full AS
SELECT b.requested_at               AS at,
       b.id || '/' || d.disk        AS place,
       b.vm                         AS vm_id,
       v.name                       AS vm,
       b.repository                 AS repository,
       b.id                         AS backup,
       d.disk                       AS disk,
       d.cause                      AS cause,
       tidemark.without_addresses(d.detail) AS detail,
       b.state                      AS state,
       d.bytes                      AS bytes,
       b.operation                  AS operation,
       o.caller                     AS caller
  FROM tidemark.backup b
  JOIN tidemark.backup_disk d ON d.backup = b.id
  LEFT JOIN tidemark.vm v ON v.id = b.vm
  LEFT JOIN tidemark.operation o ON o.id = b.operation
 WHERE d.kind = 'FULL' AND b.request IN ('AUTO', 'SINCE', 'DIFFERENTIAL') AND d.cause <> 'REQUESTED';

-- For each machine that is registered the newest restore point that was read and found whole, and the newest that was made.
CREATE VIEW tidemark.audit_restore_point AS
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
          AND NOT EXISTS (
              WITH RECURSIVE beneath (backup, disk) AS (
                  SELECT d.backup, d.disk FROM tidemark.backup_disk d WHERE d.backup = b.id
                  UNION
                  SELECT d.parent, d.disk FROM beneath u
                    JOIN tidemark.backup_disk d ON d.backup = u.backup AND d.disk = u.disk
                   WHERE d.parent IS NOT NULL)
              SELECT FROM beneath u JOIN tidemark.backup_disk d ON d.backup = u.backup AND d.disk = u.disk
               WHERE d.damage IS NOT NULL)
        ORDER BY b.verified_at DESC LIMIT 1) AS verified ON true
  LEFT JOIN LATERAL (
       SELECT b.completed_at FROM tidemark.backup b
        WHERE b.vm = v.id AND b.state = 'COMPLETED' ORDER BY b.version DESC LIMIT 1) AS made ON true
 WHERE v.removed_at IS NULL;

GRANT SELECT ON tidemark.audit_accepted_act, tidemark.audit_recorded_act, tidemark.audit_token_act, tidemark.audit_act,
    tidemark.audit_denied, tidemark.audit_deletion, tidemark.audit_restore, tidemark.audit_history, tidemark.audit_forced_full,
    tidemark.audit_restore_point TO tidemark_application;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tidemark_auditor') THEN
        GRANT USAGE ON SCHEMA tidemark TO tidemark_auditor;
        GRANT SELECT ON tidemark.audit_accepted_act, tidemark.audit_recorded_act, tidemark.audit_token_act,
            tidemark.audit_act, tidemark.audit_denied, tidemark.audit_deletion, tidemark.audit_restore,
            tidemark.audit_history, tidemark.audit_forced_full, tidemark.audit_restore_point TO tidemark_auditor;
    END IF;
END
$$;
