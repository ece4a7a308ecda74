-- What was asked of the coordinator and has no event: refused and denied calls, reads that matter, sign-ins. A command that was accepted
-- is recorded by its events, whose circumstances tell who asked, from where and by what; a token, by its own entry. Whatever the record,
-- it is chained like the log, and the signed heads cover it.
--
-- Each process that writes acts has a chain of its own, so that none waits for another.
CREATE TABLE tidemark.act_entry (
    -- First on purpose, as in the log.
    transaction_id xid8        NOT NULL DEFAULT pg_current_xact_id(),
    number         bigserial   PRIMARY KEY,
    writer         text        NOT NULL,
    sequence       bigint      NOT NULL CHECK (sequence >= 0),
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    content        json        NOT NULL CHECK (jsonb_typeof(content::jsonb) = 'object'),
    record_hash    bytea       NOT NULL CHECK (octet_length(record_hash) = 32),
    UNIQUE (writer, sequence)
);

CREATE INDEX act_entry_by_time ON tidemark.act_entry (at, number);
CREATE INDEX operation_by_time ON tidemark.operation (started_at, id);
CREATE INDEX backup_by_time ON tidemark.backup (requested_at, id);

GRANT SELECT, INSERT ON tidemark.act_entry TO tidemark_application;
GRANT USAGE ON SEQUENCE tidemark.act_entry_number_seq TO tidemark_application;

-- A moment as the digests take it, whatever the session thinks of time zones.
CREATE FUNCTION tidemark.moment(at timestamptz) RETURNS text LANGUAGE sql STABLE
    RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

-- The rule of chain_record(), for tables that are written seldom enough to call it.
CREATE FUNCTION tidemark.record_digest(
    place bigint, transaction_id xid8, identifier text, chain text, number bigint, type text, at text, payload_type text,
    payload text, meta_data text, previous bytea) RETURNS bytea LANGUAGE sql STABLE
    RETURN sha256(convert_to(concat(
        'tidemark-record.v1',
        octet_length(place::text), ':', place,
        octet_length(transaction_id::text), ':', transaction_id,
        octet_length(identifier), ':', identifier,
        octet_length(chain), ':', chain,
        octet_length(number::text), ':', number,
        octet_length(type), ':', type,
        octet_length(at), ':', at,
        octet_length(payload_type), ':', payload_type,
        '-',
        octet_length(payload), ':', payload,
        octet_length(meta_data), ':', meta_data), 'UTF8') || previous);

CREATE FUNCTION tidemark.chain_act() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    previous pg_catalog.bytea := pg_catalog.decode('', 'hex');
BEGIN
    IF NEW.sequence OPERATOR(pg_catalog.>) 0 THEN
        SELECT entry.record_hash INTO previous
          FROM tidemark.act_entry AS entry
         WHERE entry.writer OPERATOR(pg_catalog.=) NEW.writer
           AND entry.sequence OPERATOR(pg_catalog.=) (NEW.sequence OPERATOR(pg_catalog.-) 1);
        IF previous IS NULL THEN
            RAISE EXCEPTION 'act % of % does not follow on any act', NEW.sequence, NEW.writer
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    NEW.record_hash := tidemark.record_digest(
        NEW.number, NEW.transaction_id, pg_catalog.concat(NEW.writer, '/', NEW.sequence), NEW.writer, NEW.sequence, 'act',
        tidemark.moment(NEW.at), 'act.v1', NEW.content::pg_catalog.text, '{}', previous);
    RETURN NEW;
END
$$;

CREATE TRIGGER history_is_not_rewritten
    BEFORE UPDATE OR DELETE OR TRUNCATE ON tidemark.act_entry
    FOR EACH STATEMENT EXECUTE FUNCTION tidemark.refuse_to_rewrite_history();
CREATE TRIGGER record_is_chained
    BEFORE INSERT ON tidemark.act_entry
    FOR EACH ROW EXECUTE FUNCTION tidemark.chain_act();
ALTER TABLE tidemark.act_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten;
ALTER TABLE tidemark.act_entry ENABLE ALWAYS TRIGGER record_is_chained;

-- The acts as records, in the columns of the log.
CREATE VIEW tidemark.act_record AS
SELECT number AS global_index, transaction_id, concat(writer, '/', sequence) AS event_identifier,
       writer AS aggregate_identifier, sequence AS sequence_number, 'act' AS type, tidemark.moment(at) AS time_stamp,
       'act.v1' AS payload_type, NULL::text AS payload_revision, content AS payload, '{}'::json AS meta_data, record_hash
  FROM tidemark.act_entry;

GRANT SELECT ON tidemark.act_record TO tidemark_application;

-- Tokens: one chain for all of them, as they are few. From where and under which request, in circumstances.
ALTER TABLE tidemark.api_token_entry
    ADD COLUMN circumstances json CHECK (jsonb_typeof(circumstances::jsonb) = 'object'),
    ADD COLUMN transaction_id xid8 DEFAULT pg_current_xact_id(),
    ADD COLUMN sequence bigint CHECK (sequence >= 0),
    ADD COLUMN record_hash bytea CHECK (octet_length(record_hash) = 32);

-- All of an entry but its place in the chain. A column that comes later is left out where it holds nothing, so that it changes no digest.
CREATE FUNCTION tidemark.token_content(entry tidemark.api_token_entry) RETURNS text
    LANGUAGE sql STABLE SET timezone TO 'UTC'
    RETURN (jsonb_strip_nulls(to_jsonb(entry))
            - ARRAY['number', 'transaction_id', 'sequence', 'at', 'circumstances', 'record_hash'])::text;

CREATE FUNCTION tidemark.chain_token() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    previous pg_catalog.bytea := pg_catalog.decode('', 'hex');
    newest tidemark.api_token_entry;
BEGIN
    PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('tidemark.api_token_entry', 0));
    -- Drawn under the lock: places and numbers have to have one order.
    NEW.number := pg_catalog.nextval('tidemark.api_token_entry_number_seq');
    NEW.transaction_id := pg_catalog.pg_current_xact_id();
    SELECT * INTO newest FROM tidemark.api_token_entry AS entry ORDER BY entry.sequence DESC LIMIT 1;
    NEW.sequence := coalesce(newest.sequence OPERATOR(pg_catalog.+) 1, 0);
    NEW.record_hash := tidemark.record_digest(
        NEW.number, NEW.transaction_id, pg_catalog.concat('token/', NEW.sequence), 'tokens', NEW.sequence, 'token',
        tidemark.moment(NEW.at), 'token.v1', tidemark.token_content(NEW),
        coalesce(NEW.circumstances::pg_catalog.text, '{}'), coalesce(newest.record_hash, previous));
    RETURN NEW;
END
$$;

-- What was there before is chained now, in its order, as it is.
ALTER TABLE tidemark.api_token_entry DISABLE TRIGGER history_is_not_rewritten;
DO $$
DECLARE
    entry tidemark.api_token_entry;
    previous bytea := ''::bytea;
    place bigint := 0;
BEGIN
    FOR entry IN SELECT * FROM tidemark.api_token_entry ORDER BY number LOOP
        previous := tidemark.record_digest(
            entry.number, pg_current_xact_id(), concat('token/', place), 'tokens', place, 'token', tidemark.moment(entry.at),
            'token.v1', tidemark.token_content(entry), '{}', previous);
        UPDATE tidemark.api_token_entry
           SET sequence = place, transaction_id = pg_current_xact_id(), record_hash = previous
         WHERE number = entry.number;
        place := place + 1;
    END LOOP;
END
$$;
ALTER TABLE tidemark.api_token_entry
    ALTER COLUMN transaction_id SET NOT NULL,
    ALTER COLUMN sequence SET NOT NULL,
    ALTER COLUMN record_hash SET NOT NULL,
    ADD UNIQUE (sequence);
ALTER TABLE tidemark.api_token_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten;

CREATE TRIGGER record_is_chained
    BEFORE INSERT ON tidemark.api_token_entry
    FOR EACH ROW EXECUTE FUNCTION tidemark.chain_token();
ALTER TABLE tidemark.api_token_entry ENABLE ALWAYS TRIGGER record_is_chained;

CREATE VIEW tidemark.token_record AS
SELECT number AS global_index, transaction_id, concat('token/', sequence) AS event_identifier,
       'tokens' AS aggregate_identifier, sequence AS sequence_number, 'token' AS type, tidemark.moment(at) AS time_stamp,
       'token.v1' AS payload_type, NULL::text AS payload_revision,
       tidemark.token_content(entry)::json AS payload, coalesce(circumstances, '{}'::json) AS meta_data, record_hash
  FROM tidemark.api_token_entry AS entry;

GRANT SELECT ON tidemark.token_record TO tidemark_application;
