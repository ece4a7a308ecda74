-- Labels of machines, as env=prod: by them, or by patterns of names, credentials are kept to some machines. A change of a label changes
-- who sees the machine and who may delete its backups, and says nothing about the machine itself. So it is no event of the log: it stands
-- where the credentials stand, in their book, which is chained and covered by the signed heads.
--
-- Each entry has all labels that the machine has from then on. Its token is the machine and the number of the change, so that of two who
-- change the same labels at once one is told that he did not know what there was.
ALTER TABLE tidemark.api_token_entry
    ADD COLUMN vm     text,
    ADD COLUMN labels jsonb CHECK (jsonb_typeof(labels) = 'object'),
    DROP CONSTRAINT api_token_entry_act_check;

ALTER TABLE tidemark.api_token_entry
    ADD CONSTRAINT act_is_known CHECK (act IN ('CREATED', 'REVOKED', 'LABELLED')),
    ADD CONSTRAINT labels_are_a_machines CHECK
        (CASE act WHEN 'LABELLED' THEN num_nonnulls(vm, labels) = 2 AND token ~ '^[0-7][0-9A-HJKMNP-TV-Z]{25}/[1-9][0-9]*$'
                                       AND split_part(token, '/', 1) = vm
                  ELSE num_nonnulls(vm, labels) = 0 END);

CREATE INDEX api_token_entry_of_machine ON tidemark.api_token_entry (vm, sequence) WHERE act = 'LABELLED';
CREATE INDEX api_token_entry_by_label ON tidemark.api_token_entry USING gin (labels jsonb_path_ops) WHERE act = 'LABELLED';

-- The labels as they are now; machines that never had any are not in here.
CREATE VIEW tidemark.vm_labels AS
SELECT e.vm, e.labels, split_part(e.token, '/', 2)::bigint AS version, e.at AS changed_at, e.by_whom AS changed_by
  FROM tidemark.api_token_entry e
 WHERE e.act = 'LABELLED'
   AND NOT EXISTS (SELECT FROM tidemark.api_token_entry later
                    WHERE later.act = 'LABELLED' AND later.vm = e.vm AND later.sequence > e.sequence);

GRANT SELECT ON tidemark.vm_labels TO tidemark_application;

-- label: key=value, neither of which has an equals sign in it.
CREATE FUNCTION tidemark.has_label(machine text, label text) RETURNS boolean LANGUAGE sql STABLE
    RETURN coalesce(
        (SELECT e.labels @> jsonb_build_object(split_part(label, '=', 1), split_part(label, '=', 2))
           FROM tidemark.api_token_entry e
          WHERE e.act = 'LABELLED' AND e.vm = machine
          ORDER BY e.sequence DESC LIMIT 1),
        false);

-- restriction: an expression that the machine's name has to match; behind a blank, if there is one, a label that it has to have. PostgreSQL
-- writes this out where it is called, so that an expression alone costs what it would cost there.
CREATE FUNCTION tidemark.is_reached(machine text, name text, restriction text) RETURNS boolean LANGUAGE sql STABLE
    RETURN name ~ split_part(restriction, ' ', 1)
           AND (split_part(restriction, ' ', 2) = '' OR tidemark.has_label(machine, split_part(restriction, ' ', 2)));

-- What was done with credentials, and with what they go by.
CREATE OR REPLACE VIEW tidemark.audit_token_act AS
SELECT t.at                         AS at,
       'token/' || lpad(t.sequence::text, 19, '0') AS place,
       t.circumstances->>'request'  AS request,
       t.by_whom                    AS caller,
       t.circumstances->>'method'   AS method,
       t.circumstances->>'token'    AS token,
       t.circumstances->>'address'  AS address,
       CASE t.act WHEN 'CREATED' THEN 'CREATE_TOKEN' WHEN 'REVOKED' THEN 'REVOKE_TOKEN' ELSE 'SET_LABELS' END AS act,
       t.circumstances->>'route'    AS route,
       t.vm                         AS vm_id,
       (SELECT v.name FROM tidemark.vm v WHERE v.id = t.vm) AS vm,
       (SELECT made.name FROM tidemark.api_token_entry made WHERE made.token = t.token AND made.act = 'CREATED') AS target,
       'ALLOWED'                    AS decision,
       NULL::text                   AS code,
       'DONE'                       AS outcome,
       CASE t.act WHEN 'CREATED' THEN concat(lower(t.role), ', vms ', t.machines)
                  WHEN 'LABELLED' THEN coalesce(
                      (SELECT string_agg(label.key || '=' || label.value, ', ' ORDER BY label.key COLLATE "C")
                         FROM jsonb_each_text(t.labels) AS label), 'no labels') END AS detail,
       NULL::text                   AS operation,
       1::bigint                    AS times
  FROM tidemark.api_token_entry t;
