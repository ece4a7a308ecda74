-- Searches in acts that find nothing read all of them. What is searched for stands in columns of its own, so that a million acts are read in
-- well under a second: a JSON document is not taken apart for each of its members, and no event is looked up to know by which route an
-- operation was asked for. What is asked for most, and is rare, has an index.
--
-- The records stay as they are: these columns are worked out from the content by the database, and no digest covers them.
ALTER TABLE tidemark.act_entry
    ADD COLUMN caller   text GENERATED ALWAYS AS (content->>'caller') STORED,
    ADD COLUMN act      text GENERATED ALWAYS AS (content->>'act') STORED,
    ADD COLUMN route    text GENERATED ALWAYS AS (content->>'route') STORED,
    ADD COLUMN vm_id    text GENERATED ALWAYS AS (content->>'vmId') STORED,
    ADD COLUMN vm       text GENERATED ALWAYS AS (content->>'vm') STORED,
    ADD COLUMN target   text GENERATED ALWAYS AS (content->>'target') STORED,
    ADD COLUMN decision text GENERATED ALWAYS AS (content->>'decision') STORED;

CREATE INDEX act_entry_not_allowed ON tidemark.act_entry (at, number) WHERE decision <> 'ALLOWED';
CREATE INDEX act_entry_deletions ON tidemark.act_entry (at, number)
 WHERE act IN ('DELETE_BACKUP', 'DELETE_CHECKPOINT', 'REMOVE', 'MERGE_BACKUP', 'REVOKE_TOKEN')
    OR route LIKE 'DELETE %' OR route = 'POST /v1/backups/{backup}/merge';
CREATE INDEX act_entry_restores ON tidemark.act_entry (at, number)
 WHERE act IN ('RESTORE', 'EXPORT', 'END_EXPORT')
    OR route IN ('POST /v1/vms/{vm}/restores', 'POST /v1/backups/{backup}/exports', 'POST /v1/exports/{export}/end');

-- By which route an operation was asked for: that of the event that opened it.
ALTER TABLE tidemark.operation ADD COLUMN route text;
UPDATE tidemark.operation o
   SET route = e.meta_data->>'route'
  FROM tidemark.domain_event_entry e
 WHERE e.aggregate_identifier = o.vm AND e.sequence_number = o.version - 1;

CREATE INDEX operation_deletions ON tidemark.operation (started_at, id)
 WHERE kind IN ('DELETE_BACKUP', 'DELETE_CHECKPOINT', 'REMOVE', 'MERGE_BACKUP', 'REVOKE_TOKEN')
    OR route LIKE 'DELETE %' OR route = 'POST /v1/backups/{backup}/merge';
CREATE INDEX operation_restores ON tidemark.operation (started_at, id)
 WHERE kind IN ('RESTORE', 'EXPORT', 'END_EXPORT')
    OR route IN ('POST /v1/vms/{vm}/restores', 'POST /v1/backups/{backup}/exports', 'POST /v1/exports/{export}/end');

CREATE OR REPLACE VIEW tidemark.audit_accepted_act AS
SELECT o.started_at                 AS at,
       o.id                         AS place,
       e.meta_data->>'request'      AS request,
       o.caller                     AS caller,
       e.meta_data->>'method'       AS method,
       e.meta_data->>'token'        AS token,
       e.meta_data->>'address'      AS address,
       o.kind                       AS act,
       o.route                      AS route,
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

CREATE OR REPLACE VIEW tidemark.audit_recorded_act AS
SELECT a.at                         AS at,
       '#' || lpad(a.number::text, 19, '0') AS place,
       a.content->>'request'        AS request,
       a.caller                     AS caller,
       a.content->>'method'         AS method,
       a.content->>'token'          AS token,
       a.content->>'address'        AS address,
       a.act                        AS act,
       a.route                      AS route,
       a.vm_id                      AS vm_id,
       a.vm                         AS vm,
       a.target                     AS target,
       a.decision                   AS decision,
       a.content->>'code'           AS code,
       NULL::text                   AS outcome,
       tidemark.without_addresses(a.content->>'detail') AS detail,
       a.content->>'operation'      AS operation,
       (a.content->>'times')::bigint AS times
  FROM tidemark.act_entry a;
