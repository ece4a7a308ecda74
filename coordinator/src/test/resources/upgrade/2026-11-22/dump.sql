--
-- PostgreSQL database dump
--

\restrict Hb3NyH8dyp727saMJCOe7ecWQpWYiFIc4SJR7N1owCE31uDODXVKDDral4M4YwB

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: tidemark; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA tidemark;


--
-- Name: chain_record(); Type: FUNCTION; Schema: tidemark; Owner: -
--

CREATE FUNCTION tidemark.chain_record() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    previous pg_catalog.bytea := pg_catalog.decode('', 'hex');
BEGIN
    IF NEW.sequence_number OPERATOR(pg_catalog.>) 0 THEN
        SELECT entry.record_hash INTO previous
          FROM tidemark.domain_event_entry AS entry
         WHERE entry.aggregate_identifier OPERATOR(pg_catalog.=) NEW.aggregate_identifier
           AND entry.sequence_number OPERATOR(pg_catalog.=) (NEW.sequence_number OPERATOR(pg_catalog.-) 1);
        IF previous IS NULL THEN
            RAISE EXCEPTION 'record % of % does not follow on any record',
                NEW.sequence_number, NEW.aggregate_identifier USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    -- Whatever came with the row: the digest is worked out, not taken over.
    NEW.record_hash := pg_catalog.sha256(pg_catalog.byteacat(pg_catalog.convert_to(pg_catalog.concat(
        'tidemark-record.v1',
        pg_catalog.octet_length(NEW.global_index::pg_catalog.text), ':', NEW.global_index,
        pg_catalog.octet_length(NEW.transaction_id::pg_catalog.text), ':', NEW.transaction_id,
        pg_catalog.octet_length(NEW.event_identifier), ':', NEW.event_identifier,
        pg_catalog.octet_length(NEW.aggregate_identifier), ':', NEW.aggregate_identifier,
        pg_catalog.octet_length(NEW.sequence_number::pg_catalog.text), ':', NEW.sequence_number,
        pg_catalog.octet_length(NEW.type), ':', NEW.type,
        pg_catalog.octet_length(NEW.time_stamp), ':', NEW.time_stamp,
        pg_catalog.octet_length(NEW.payload_type), ':', NEW.payload_type,
        CASE WHEN NEW.payload_revision IS NULL THEN '-' ELSE pg_catalog.concat(
            pg_catalog.octet_length(NEW.payload_revision), ':', NEW.payload_revision) END,
        pg_catalog.octet_length(NEW.payload::pg_catalog.text), ':', NEW.payload,
        pg_catalog.octet_length(NEW.meta_data::pg_catalog.text), ':', NEW.meta_data), 'UTF8'), previous));
    RETURN NEW;
END
$$;


--
-- Name: refuse_to_rewrite_history(); Type: FUNCTION; Schema: tidemark; Owner: -
--

CREATE FUNCTION tidemark.refuse_to_rewrite_history() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'modifying_sql_data_not_permitted',
              HINT = 'What happened stays in the log. A correction is a new event.';
END
$$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: api_token_entry; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.api_token_entry (
    number bigint NOT NULL,
    token text NOT NULL,
    act text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    by_whom text NOT NULL,
    name text,
    role text,
    machines text,
    hash text,
    hint text,
    expires_at timestamp with time zone,
    CONSTRAINT api_token_entry_act_check CHECK ((act = ANY (ARRAY['CREATED'::text, 'REVOKED'::text]))),
    CONSTRAINT api_token_entry_check CHECK ((num_nonnulls(name, role, machines, hash, hint, expires_at) =
CASE act
    WHEN 'CREATED'::text THEN 6
    ELSE 0
END)),
    CONSTRAINT api_token_entry_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
);


--
-- Name: api_token; Type: VIEW; Schema: tidemark; Owner: -
--

CREATE VIEW tidemark.api_token AS
 SELECT made.token,
    made.name,
    made.role,
    made.machines,
    made.hash,
    made.hint,
    made.expires_at,
    made.at AS created_at,
    made.by_whom AS created_by,
    ended.at AS revoked_at,
    ended.by_whom AS revoked_by
   FROM (tidemark.api_token_entry made
     LEFT JOIN tidemark.api_token_entry ended ON (((ended.token = made.token) AND (ended.act = 'REVOKED'::text))))
  WHERE (made.act = 'CREATED'::text);


--
-- Name: api_token_entry_number_seq; Type: SEQUENCE; Schema: tidemark; Owner: -
--

CREATE SEQUENCE tidemark.api_token_entry_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: api_token_entry_number_seq; Type: SEQUENCE OWNED BY; Schema: tidemark; Owner: -
--

ALTER SEQUENCE tidemark.api_token_entry_number_seq OWNED BY tidemark.api_token_entry.number;


--
-- Name: backup; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.backup (
    id text NOT NULL,
    vm text NOT NULL,
    repository text NOT NULL,
    mode text NOT NULL,
    request text NOT NULL,
    state text NOT NULL,
    checkpoint text,
    operation text NOT NULL,
    version bigint NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    verified_at timestamp with time zone,
    code text,
    error text,
    verified_by text,
    compression text,
    bytes_per_second_max bigint,
    protected boolean NOT NULL,
    hold text,
    held_by text,
    held_since timestamp with time zone,
    consistency text,
    crash_cause text,
    lease_until timestamp with time zone,
    scratch_bytes_max bigint,
    merged_at timestamp with time zone,
    merged_by text,
    configuration jsonb,
    deep_verified_at timestamp with time zone,
    deadline timestamp with time zone,
    CONSTRAINT backup_compression_check CHECK ((compression = 'ZSTD'::text)),
    CONSTRAINT backup_consistency_check CHECK ((consistency = ANY (ARRAY['CRASH'::text, 'FILESYSTEM'::text]))),
    CONSTRAINT backup_mode_check CHECK ((mode = ANY (ARRAY['PUSH'::text, 'PULL'::text]))),
    CONSTRAINT backup_request_check CHECK ((request = ANY (ARRAY['AUTO'::text, 'FULL'::text, 'SINCE'::text, 'COPY'::text, 'DIFFERENTIAL'::text]))),
    CONSTRAINT backup_state_check CHECK ((state = ANY (ARRAY['REQUESTED'::text, 'RUNNING'::text, 'READY'::text, 'COMPLETED'::text, 'FAILED'::text, 'ABORTED'::text, 'UNKNOWN'::text, 'DELETING'::text, 'DELETED'::text])))
);


--
-- Name: backup_disk; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.backup_disk (
    backup text NOT NULL,
    "position" integer NOT NULL,
    disk text NOT NULL,
    kind text NOT NULL,
    since text,
    parent text,
    cause text,
    detail text,
    bytes bigint,
    file text,
    file_size bigint,
    sha256 text,
    virtual_size bigint,
    damage text,
    uri text,
    dirty_context text,
    encryption text,
    encryption_key text,
    CONSTRAINT backup_disk_kind_check CHECK ((kind = ANY (ARRAY['FULL'::text, 'INCREMENTAL'::text])))
);


--
-- Name: checkpoint; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.checkpoint (
    id text NOT NULL,
    vm text NOT NULL,
    name text NOT NULL,
    parent text,
    state text NOT NULL,
    consistency text,
    description text,
    operation text NOT NULL,
    version bigint NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone,
    crash_cause text,
    configuration jsonb,
    CONSTRAINT checkpoint_consistency_check CHECK ((consistency = ANY (ARRAY['CRASH'::text, 'FILESYSTEM'::text]))),
    CONSTRAINT checkpoint_state_check CHECK ((state = ANY (ARRAY['REQUESTED'::text, 'CREATED'::text, 'FAILED'::text, 'DELETING'::text, 'DELETED'::text])))
);


--
-- Name: checkpoint_disk; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.checkpoint_disk (
    checkpoint text NOT NULL,
    "position" integer NOT NULL,
    disk text NOT NULL,
    bitmap text NOT NULL,
    granularity bigint NOT NULL,
    virtual_size bigint NOT NULL,
    file text NOT NULL,
    backing_depth integer NOT NULL,
    state text NOT NULL,
    cause text,
    detail text,
    CONSTRAINT checkpoint_disk_check CHECK (((state = 'BROKEN'::text) = (cause IS NOT NULL))),
    CONSTRAINT checkpoint_disk_state_check CHECK ((state = ANY (ARRAY['HEALTHY'::text, 'BROKEN'::text])))
);


--
-- Name: domain_event_entry; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.domain_event_entry (
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    global_index bigint NOT NULL,
    event_identifier character varying(255) NOT NULL,
    aggregate_identifier character varying(255) NOT NULL,
    sequence_number bigint NOT NULL,
    type character varying(255) NOT NULL,
    time_stamp character varying(255) NOT NULL,
    payload_type character varying(255) NOT NULL,
    payload_revision character varying(255),
    payload json NOT NULL,
    meta_data json NOT NULL,
    record_hash bytea NOT NULL,
    CONSTRAINT domain_event_entry_meta_data_check CHECK ((jsonb_typeof((meta_data)::jsonb) = 'object'::text)),
    CONSTRAINT domain_event_entry_payload_check CHECK ((jsonb_typeof((payload)::jsonb) = 'object'::text)),
    CONSTRAINT domain_event_entry_payload_type_check CHECK (((payload_type)::text ~ '^[a-z0-9-]+\.v[0-9]+$'::text)),
    CONSTRAINT domain_event_entry_sequence_number_check CHECK ((sequence_number >= 0)),
    CONSTRAINT record_hash_is_sha256 CHECK ((octet_length(record_hash) = 32))
);


--
-- Name: domain_event_entry_global_index_seq; Type: SEQUENCE; Schema: tidemark; Owner: -
--

CREATE SEQUENCE tidemark.domain_event_entry_global_index_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: domain_event_entry_global_index_seq; Type: SEQUENCE OWNED BY; Schema: tidemark; Owner: -
--

ALTER SEQUENCE tidemark.domain_event_entry_global_index_seq OWNED BY tidemark.domain_event_entry.global_index;


--
-- Name: event_log; Type: VIEW; Schema: tidemark; Owner: -
--

CREATE VIEW tidemark.event_log AS
 SELECT domain_event_entry.global_index,
    domain_event_entry.event_identifier,
    domain_event_entry.aggregate_identifier,
    domain_event_entry.sequence_number,
    (domain_event_entry.time_stamp)::timestamp with time zone AS recorded_at,
    domain_event_entry.payload_type AS event_type,
    (domain_event_entry.payload)::jsonb AS payload,
    (domain_event_entry.meta_data)::jsonb AS metadata,
    domain_event_entry.transaction_id
   FROM tidemark.domain_event_entry;


--
-- Name: export; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.export (
    id text NOT NULL,
    vm text NOT NULL,
    backup text NOT NULL,
    repository text NOT NULL,
    state text NOT NULL,
    writable boolean NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    code text,
    error text,
    version bigint NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    ready_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT export_check CHECK (((state = ANY (ARRAY['ENDED'::text, 'FAILED'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT export_check1 CHECK (((state <> 'FAILED'::text) OR (code IS NOT NULL))),
    CONSTRAINT export_state_check CHECK ((state = ANY (ARRAY['REQUESTED'::text, 'READY'::text, 'ENDING'::text, 'ENDED'::text, 'FAILED'::text])))
);


--
-- Name: export_disk; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.export_disk (
    export text NOT NULL,
    "position" integer NOT NULL,
    disk text NOT NULL,
    uri text,
    virtual_size bigint
);


--
-- Name: flyway_schema_history; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.flyway_schema_history (
    installed_rank integer NOT NULL,
    version character varying(50),
    description character varying(200) NOT NULL,
    type character varying(20) NOT NULL,
    script character varying(1000) NOT NULL,
    checksum integer,
    installed_by character varying(100) NOT NULL,
    installed_on timestamp without time zone DEFAULT now() NOT NULL,
    execution_time integer NOT NULL,
    success boolean NOT NULL
);


--
-- Name: idempotency; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.idempotency (
    caller text NOT NULL,
    key text NOT NULL,
    request_hash text NOT NULL,
    operation text NOT NULL
);


--
-- Name: operation; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.operation (
    id text NOT NULL,
    vm text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    code text,
    error text,
    target text NOT NULL,
    result jsonb,
    caller text,
    events integer NOT NULL,
    version bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT operation_check CHECK (((state = ANY (ARRAY['DONE'::text, 'FAILED'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT operation_check1 CHECK (((state <> 'FAILED'::text) OR (code IS NOT NULL))),
    CONSTRAINT operation_kind_check CHECK (((kind = 'ABORT_OPERATION'::text) OR ((kind = ANY (ARRAY['EXPORT'::text, 'END_EXPORT'::text])) OR (kind = ANY (ARRAY['REGISTER'::text, 'REMOVE'::text, 'CREATE_CHECKPOINT'::text, 'DELETE_CHECKPOINT'::text, 'BACKUP'::text, 'ABORT_BACKUP'::text, 'FINISH_BACKUP'::text, 'CHANGE_SPEED'::text, 'VERIFY'::text, 'RESTORE'::text, 'DELETE_BACKUP'::text, 'MERGE_BACKUP'::text, 'PROTECT_BACKUP'::text, 'UNPROTECT_BACKUP'::text, 'CHANGE_RETENTION'::text]))))),
    CONSTRAINT operation_state_check CHECK ((state = ANY (ARRAY['PENDING'::text, 'RUNNING'::text, 'UNKNOWN'::text, 'DONE'::text, 'FAILED'::text])))
);


--
-- Name: snapshot_event_entry; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.snapshot_event_entry (
    event_identifier character varying(255) NOT NULL,
    aggregate_identifier character varying(255) NOT NULL,
    sequence_number bigint NOT NULL,
    type character varying(255) NOT NULL,
    time_stamp character varying(255) NOT NULL,
    payload_type character varying(255) NOT NULL,
    payload_revision character varying(255),
    payload json NOT NULL,
    meta_data json NOT NULL
);


--
-- Name: token_entry; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.token_entry (
    processor_name character varying(255) NOT NULL,
    segment integer NOT NULL,
    token json,
    token_type character varying(255),
    time_stamp character varying(255),
    owner character varying(255)
);


--
-- Name: vm; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.vm (
    id text NOT NULL,
    name text NOT NULL,
    host text NOT NULL,
    qmp text NOT NULL,
    qga text,
    qemu_version text,
    registered_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone
);


--
-- Name: vm_disk; Type: TABLE; Schema: tidemark; Owner: -
--

CREATE TABLE tidemark.vm_disk (
    vm text NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    node text NOT NULL,
    format text NOT NULL,
    virtual_size bigint NOT NULL,
    file text NOT NULL,
    backing_depth integer NOT NULL,
    persistent_bitmaps boolean NOT NULL
);


--
-- Name: api_token_entry number; Type: DEFAULT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.api_token_entry ALTER COLUMN number SET DEFAULT nextval('tidemark.api_token_entry_number_seq'::regclass);


--
-- Name: domain_event_entry global_index; Type: DEFAULT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.domain_event_entry ALTER COLUMN global_index SET DEFAULT nextval('tidemark.domain_event_entry_global_index_seq'::regclass);


--
-- Data for Name: api_token_entry; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.api_token_entry VALUES (1, '01M82D2HEQ881FRCDBH6WJQAKK', 'CREATED', '2026-11-22 19:52:33.500973+00', 'admin', 'nightly', 'OPERATOR', '*', '092250ae18e4135acc3e404210956139e070ca0c2d4ac91e640fe8e9a15a914f', 'tmk_9sen', '2036-11-19 19:52:33.495086+00');
INSERT INTO tidemark.api_token_entry VALUES (2, '01M82D2KE80HY242MBRV75TBYB', 'CREATED', '2026-11-22 19:52:35.529807+00', 'admin', 'gone', 'VIEWER', '*', '71ae15806643c968ff6a91e9af2ad50e20b611a4883b0063091bc4afc6ed21c4', 'tmk_CdiA', '2036-11-19 19:52:35.52828+00');
INSERT INTO tidemark.api_token_entry VALUES (3, '01M82D2KE80HY242MBRV75TBYB', 'REVOKED', '2026-11-22 19:52:38.915836+00', 'admin', NULL, NULL, NULL, NULL, NULL, NULL);


--
-- Data for Name: backup; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.backup VALUES ('01M82D0MT5Y5NNSTGXG1JHKG8K', '01M82D00590Y5Q1F9H7J25HWTT', 'default', 'PUSH', 'AUTO', 'COMPLETED', '01M82D0MT564JWTWBEYDCN7DR0', '01M82D0MT57PKKFDBYQASHFVAT', 25, '2026-11-22 19:51:31.397819+00', '2026-11-22 19:51:31.642039+00', '2026-11-22 19:51:31.821269+00', '2026-11-22 19:51:45.295545+00', NULL, NULL, 'admin', NULL, NULL, false, NULL, NULL, NULL, 'CRASH', NULL, NULL, NULL, NULL, NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}', NULL, NULL);
INSERT INTO tidemark.backup VALUES ('01M82D08B8FGCS1XJX7G2GZ83R', '01M82D00590Y5Q1F9H7J25HWTT', 'default', 'PUSH', 'AUTO', 'COMPLETED', '01M82D08B8KRVWFQH6138E764Q', '01M82D08B6YA0SPMGSF5W41Q7S', 5, '2026-11-22 19:51:18.631452+00', '2026-11-22 19:51:19.342015+00', '2026-11-22 19:51:19.990177+00', NULL, NULL, NULL, NULL, NULL, NULL, false, 'case 7', 'admin', '2026-11-22 19:51:49.493633+00', 'CRASH', NULL, NULL, NULL, NULL, NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}', NULL, NULL);
INSERT INTO tidemark.backup VALUES ('01M82D0CAKR524GTFG51QZ6KT5', '01M82D00590Y5Q1F9H7J25HWTT', 'default', 'PUSH', 'AUTO', 'COMPLETED', '01M82D0CAKXE7K517VF8CJDTMH', '01M82D0CAFBDG2ZH4Q62G3ZPZ0', 9, '2026-11-22 19:51:22.70724+00', '2026-11-22 19:51:22.877404+00', '2026-11-22 19:51:23.115964+00', NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, 'CRASH', NULL, NULL, NULL, NULL, NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}', NULL, NULL);
INSERT INTO tidemark.backup VALUES ('01M82D0EMSQSWF2NYQ7MNR95HN', '01M82D00590Y5Q1F9H7J25HWTT', 'default', 'PUSH', 'AUTO', 'COMPLETED', '01M82D0EMSM7BNDFHDFJVHCS1A', '01M82D0EMQ7R54WBA1B11KVV97', 13, '2026-11-22 19:51:25.08113+00', '2026-11-22 19:51:25.247899+00', '2026-11-22 19:51:25.421311+00', NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, 'CRASH', NULL, NULL, NULL, NULL, NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}', NULL, NULL);
INSERT INTO tidemark.backup VALUES ('01M82D0GZB5Y5CEQAGKQJY8HSP', '01M82D00590Y5Q1F9H7J25HWTT', 'default', 'PUSH', 'AUTO', 'COMPLETED', '01M82D0GZBCYP4ABJSVJYKDY9P', '01M82D0GZA31VMNWMQ9XAXA5KT', 17, '2026-11-22 19:51:27.467304+00', '2026-11-22 19:51:27.606665+00', '2026-11-22 19:51:27.819831+00', NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, 'CRASH', NULL, NULL, NULL, NULL, NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}', NULL, NULL);
INSERT INTO tidemark.backup VALUES ('01M82D0K02416G2B282N44KRXC', '01M82D00590Y5Q1F9H7J25HWTT', 'default', 'PUSH', 'AUTO', 'COMPLETED', '01M82D0K02RHKJKFB9PDYAW9D3', '01M82D0K02DFZN5BRBYTQQ2QVF', 21, '2026-11-22 19:51:29.538594+00', '2026-11-22 19:51:29.673304+00', '2026-11-22 19:51:29.800159+00', NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, 'CRASH', NULL, NULL, NULL, NULL, NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}', NULL, NULL);
INSERT INTO tidemark.backup VALUES ('01M82D0PTJWPNZA2EHCDZQEDZY', '01M82D03FKRN2X9CJHX87212A8', 'default', 'PUSH', 'AUTO', 'COMPLETED', '01M82D0PTJAF0GBPRXW4QXG8WF', '01M82D0PTHBWTXAYD0RJ2N17V1', 3, '2026-11-22 19:51:33.458275+00', '2026-11-22 19:51:33.601702+00', '2026-11-22 19:51:33.68302+00', NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, 'CRASH', NULL, NULL, NULL, NULL, NULL, '{"qemu": {"version": "7.2.22", "instance": "29357/1616465/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29357, "processStartedAtTicks": 1616465}, "disks": [{"file": "/var/lib/vm/db.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}', NULL, NULL);
INSERT INTO tidemark.backup VALUES ('01M82D0YABNF2T31FV9W68J8KN', '01M82D03FKRN2X9CJHX87212A8', 'default', 'PUSH', 'AUTO', 'COMPLETED', '01M82D0YABTP3J2TSZYN288TPA', '01M82D0YAA4DPDBA99QBX1YMAK', 11, '2026-11-22 19:51:41.131108+00', '2026-11-22 19:51:41.340643+00', '2026-11-22 19:51:41.459709+00', NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, 'CRASH', NULL, NULL, NULL, NULL, NULL, '{"qemu": {"version": "7.2.22", "instance": "29840/1619019/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29840, "processStartedAtTicks": 1619019}, "disks": [{"file": "/var/lib/vm/db.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}', NULL, NULL);


--
-- Data for Name: backup_disk; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.backup_disk VALUES ('01M82D08B8FGCS1XJX7G2GZ83R', 0, 'd0', 'FULL', NULL, NULL, 'NO_BACKUP_IN_REPOSITORY', 'repository ''default'' holds no backup of this disk to stand on', 4194304, '01M82D00590Y5Q1F9H7J25HWTT/01M82D08B8FGCS1XJX7G2GZ83R/d0.qcow2', 393216, '690607109c8c95d7f27d86e7c365b547175ecc651123bf55f57a89360d0abe4c', 4194304, NULL, NULL, NULL, NULL, NULL);
INSERT INTO tidemark.backup_disk VALUES ('01M82D0CAKR524GTFG51QZ6KT5', 0, 'd0', 'INCREMENTAL', '01M82D08B8KRVWFQH6138E764Q', '01M82D08B8FGCS1XJX7G2GZ83R', NULL, 'since checkpoint ''1795377078'', on top of backup 01M82D08B8FGCS1XJX7G2GZ83R', 65536, '01M82D00590Y5Q1F9H7J25HWTT/01M82D0CAKR524GTFG51QZ6KT5/d0.qcow2', 327680, 'b1019080a105133b85266df65886599e4e8a3a193a093c1d4dd62c6e5e243bf1', 4194304, NULL, NULL, NULL, NULL, NULL);
INSERT INTO tidemark.backup_disk VALUES ('01M82D0EMSQSWF2NYQ7MNR95HN', 0, 'd0', 'INCREMENTAL', '01M82D0CAKXE7K517VF8CJDTMH', '01M82D0CAKR524GTFG51QZ6KT5', NULL, 'since checkpoint ''1795377082'', on top of backup 01M82D0CAKR524GTFG51QZ6KT5', 65536, '01M82D00590Y5Q1F9H7J25HWTT/01M82D0EMSQSWF2NYQ7MNR95HN/d0.qcow2', 327680, '7b0498e19909e2a5ae4506aa446bef31f6759fcf2b6a7fe9be7318017a0d3a79', 4194304, NULL, NULL, NULL, NULL, NULL);
INSERT INTO tidemark.backup_disk VALUES ('01M82D0GZB5Y5CEQAGKQJY8HSP', 0, 'd0', 'INCREMENTAL', '01M82D0EMSM7BNDFHDFJVHCS1A', '01M82D0EMSQSWF2NYQ7MNR95HN', NULL, 'since checkpoint ''1795377085'', on top of backup 01M82D0EMSQSWF2NYQ7MNR95HN', 65536, '01M82D00590Y5Q1F9H7J25HWTT/01M82D0GZB5Y5CEQAGKQJY8HSP/d0.qcow2', 327680, '2389d134164bbc3bc4c267cea829cf1a493d29088c3763845dd23fd777941ccb', 4194304, NULL, NULL, NULL, NULL, NULL);
INSERT INTO tidemark.backup_disk VALUES ('01M82D0K02416G2B282N44KRXC', 0, 'd0', 'INCREMENTAL', '01M82D0GZBCYP4ABJSVJYKDY9P', '01M82D0GZB5Y5CEQAGKQJY8HSP', NULL, 'since checkpoint ''1795377087'', on top of backup 01M82D0GZB5Y5CEQAGKQJY8HSP', 65536, '01M82D00590Y5Q1F9H7J25HWTT/01M82D0K02416G2B282N44KRXC/d0.qcow2', 327680, '1f51d3d93200e84ac228fa399e64c8189bfb84eccca106b7ce011ac16d16b591', 4194304, NULL, NULL, NULL, NULL, NULL);
INSERT INTO tidemark.backup_disk VALUES ('01M82D0MT5Y5NNSTGXG1JHKG8K', 0, 'd0', 'INCREMENTAL', '01M82D0K02RHKJKFB9PDYAW9D3', '01M82D0K02416G2B282N44KRXC', NULL, 'since checkpoint ''1795377089'', on top of backup 01M82D0K02416G2B282N44KRXC', 65536, '01M82D00590Y5Q1F9H7J25HWTT/01M82D0MT5Y5NNSTGXG1JHKG8K/d0.qcow2', 327680, '93a5cfef66b96d6e45034b9f009f1d877db29d7a18189cc930d0bd6458db1c3e', 4194304, NULL, NULL, NULL, NULL, NULL);
INSERT INTO tidemark.backup_disk VALUES ('01M82D0PTJWPNZA2EHCDZQEDZY', 0, 'd0', 'FULL', NULL, NULL, 'NO_BACKUP_IN_REPOSITORY', 'repository ''default'' holds no backup of this disk to stand on', 4194304, '01M82D03FKRN2X9CJHX87212A8/01M82D0PTJWPNZA2EHCDZQEDZY/d0.qcow2', 393216, '690607109c8c95d7f27d86e7c365b547175ecc651123bf55f57a89360d0abe4c', 4194304, NULL, NULL, NULL, NULL, NULL);
INSERT INTO tidemark.backup_disk VALUES ('01M82D0YABNF2T31FV9W68J8KN', 0, 'd0', 'FULL', NULL, NULL, 'BITMAP_MISSING', 'bitmap tm-01M82D0RNEVV1Q8FT81AVST8K2 is not there', 4194304, '01M82D03FKRN2X9CJHX87212A8/01M82D0YABNF2T31FV9W68J8KN/d0.qcow2', 393216, '690607109c8c95d7f27d86e7c365b547175ecc651123bf55f57a89360d0abe4c', 4194304, NULL, NULL, NULL, NULL, NULL);


--
-- Data for Name: checkpoint; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.checkpoint VALUES ('01M82D0CAKXE7K517VF8CJDTMH', '01M82D00590Y5Q1F9H7J25HWTT', '1795377082', '01M82D08B8KRVWFQH6138E764Q', 'CREATED', 'CRASH', NULL, '01M82D0CAFBDG2ZH4Q62G3ZPZ0', 9, '2026-11-22 19:51:22.70724+00', '2026-11-22 19:51:22.877404+00', NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}');
INSERT INTO tidemark.checkpoint VALUES ('01M82D0EMSM7BNDFHDFJVHCS1A', '01M82D00590Y5Q1F9H7J25HWTT', '1795377085', '01M82D0CAKXE7K517VF8CJDTMH', 'CREATED', 'CRASH', NULL, '01M82D0EMQ7R54WBA1B11KVV97', 13, '2026-11-22 19:51:25.08113+00', '2026-11-22 19:51:25.247899+00', NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}');
INSERT INTO tidemark.checkpoint VALUES ('01M82D0GZBCYP4ABJSVJYKDY9P', '01M82D00590Y5Q1F9H7J25HWTT', '1795377087', '01M82D0EMSM7BNDFHDFJVHCS1A', 'CREATED', 'CRASH', NULL, '01M82D0GZA31VMNWMQ9XAXA5KT', 17, '2026-11-22 19:51:27.467304+00', '2026-11-22 19:51:27.606665+00', NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}');
INSERT INTO tidemark.checkpoint VALUES ('01M82D0K02RHKJKFB9PDYAW9D3', '01M82D00590Y5Q1F9H7J25HWTT', '1795377089', '01M82D0GZBCYP4ABJSVJYKDY9P', 'CREATED', 'CRASH', NULL, '01M82D0K02DFZN5BRBYTQQ2QVF', 21, '2026-11-22 19:51:29.538594+00', '2026-11-22 19:51:29.673304+00', NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}');
INSERT INTO tidemark.checkpoint VALUES ('01M82D0MT564JWTWBEYDCN7DR0', '01M82D00590Y5Q1F9H7J25HWTT', '1795377091', '01M82D0K02RHKJKFB9PDYAW9D3', 'CREATED', 'CRASH', NULL, '01M82D0MT57PKKFDBYQASHFVAT', 25, '2026-11-22 19:51:31.397819+00', '2026-11-22 19:51:31.642039+00', NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}');
INSERT INTO tidemark.checkpoint VALUES ('01M82D0PTJAF0GBPRXW4QXG8WF', '01M82D03FKRN2X9CJHX87212A8', '1795377093', NULL, 'CREATED', 'CRASH', NULL, '01M82D0PTHBWTXAYD0RJ2N17V1', 3, '2026-11-22 19:51:33.458275+00', '2026-11-22 19:51:33.601702+00', NULL, '{"qemu": {"version": "7.2.22", "instance": "29357/1616465/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29357, "processStartedAtTicks": 1616465}, "disks": [{"file": "/var/lib/vm/db.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}');
INSERT INTO tidemark.checkpoint VALUES ('01M82D0RNEVV1Q8FT81AVST8K2', '01M82D03FKRN2X9CJHX87212A8', 'kept', '01M82D0PTJAF0GBPRXW4QXG8WF', 'CREATED', 'CRASH', NULL, '01M82D0RNE0HMSWEJAZSY8RF52', 7, '2026-11-22 19:51:35.342087+00', '2026-11-22 19:51:35.38954+00', NULL, '{"qemu": {"version": "7.2.22", "instance": "29357/1616465/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29357, "processStartedAtTicks": 1616465}, "disks": [{"file": "/var/lib/vm/db.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}');
INSERT INTO tidemark.checkpoint VALUES ('01M82D0YABTP3J2TSZYN288TPA', '01M82D03FKRN2X9CJHX87212A8', '1795377101', '01M82D0RNEVV1Q8FT81AVST8K2', 'CREATED', 'CRASH', NULL, '01M82D0YAA4DPDBA99QBX1YMAK', 11, '2026-11-22 19:51:41.131108+00', '2026-11-22 19:51:41.340643+00', NULL, '{"qemu": {"version": "7.2.22", "instance": "29840/1619019/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29840, "processStartedAtTicks": 1619019}, "disks": [{"file": "/var/lib/vm/db.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}');
INSERT INTO tidemark.checkpoint VALUES ('01M82D08B8KRVWFQH6138E764Q', '01M82D00590Y5Q1F9H7J25HWTT', '1795377078', NULL, 'CREATED', 'CRASH', NULL, '01M82D08B6YA0SPMGSF5W41Q7S', 5, '2026-11-22 19:51:18.631452+00', '2026-11-22 19:51:19.342015+00', NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}');
INSERT INTO tidemark.checkpoint VALUES ('01M82D05MMVHZVM61BMGBQWVT9', '01M82D00590Y5Q1F9H7J25HWTT', 'before', NULL, 'DELETED', 'CRASH', 'the first one', '01M82D05MJY027AJKM1SWM5BQV', 3, '2026-11-22 19:51:15.858752+00', '2026-11-22 19:51:16.063807+00', NULL, '{"qemu": {"version": "7.2.22", "instance": "29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5", "processId": 29309, "processStartedAtTicks": 1616108}, "disks": [{"file": "/var/lib/vm/web.qcow2", "name": "d0", "node": "d0", "format": "qcow2", "virtualSize": 4194304, "backingDepth": 0, "persistentBitmaps": true}]}');


--
-- Data for Name: checkpoint_disk; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.checkpoint_disk VALUES ('01M82D05MMVHZVM61BMGBQWVT9', 0, 'd0', 'tm-01M82D05MMVHZVM61BMGBQWVT9', 65536, 4194304, '/var/lib/vm/web.qcow2', 0, 'HEALTHY', NULL, NULL);
INSERT INTO tidemark.checkpoint_disk VALUES ('01M82D08B8KRVWFQH6138E764Q', 0, 'd0', 'tm-01M82D08B8KRVWFQH6138E764Q', 65536, 4194304, '/var/lib/vm/web.qcow2', 0, 'HEALTHY', NULL, NULL);
INSERT INTO tidemark.checkpoint_disk VALUES ('01M82D0CAKXE7K517VF8CJDTMH', 0, 'd0', 'tm-01M82D0CAKXE7K517VF8CJDTMH', 65536, 4194304, '/var/lib/vm/web.qcow2', 0, 'HEALTHY', NULL, NULL);
INSERT INTO tidemark.checkpoint_disk VALUES ('01M82D0EMSM7BNDFHDFJVHCS1A', 0, 'd0', 'tm-01M82D0EMSM7BNDFHDFJVHCS1A', 65536, 4194304, '/var/lib/vm/web.qcow2', 0, 'HEALTHY', NULL, NULL);
INSERT INTO tidemark.checkpoint_disk VALUES ('01M82D0GZBCYP4ABJSVJYKDY9P', 0, 'd0', 'tm-01M82D0GZBCYP4ABJSVJYKDY9P', 65536, 4194304, '/var/lib/vm/web.qcow2', 0, 'HEALTHY', NULL, NULL);
INSERT INTO tidemark.checkpoint_disk VALUES ('01M82D0K02RHKJKFB9PDYAW9D3', 0, 'd0', 'tm-01M82D0K02RHKJKFB9PDYAW9D3', 65536, 4194304, '/var/lib/vm/web.qcow2', 0, 'HEALTHY', NULL, NULL);
INSERT INTO tidemark.checkpoint_disk VALUES ('01M82D0MT564JWTWBEYDCN7DR0', 0, 'd0', 'tm-01M82D0MT564JWTWBEYDCN7DR0', 65536, 4194304, '/var/lib/vm/web.qcow2', 0, 'HEALTHY', NULL, NULL);
INSERT INTO tidemark.checkpoint_disk VALUES ('01M82D0PTJAF0GBPRXW4QXG8WF', 0, 'd0', 'tm-01M82D0PTJAF0GBPRXW4QXG8WF', 65536, 4194304, '/var/lib/vm/db.qcow2', 0, 'BROKEN', 'BITMAP_MISSING', 'bitmap tm-01M82D0RNEVV1Q8FT81AVST8K2 is not there');
INSERT INTO tidemark.checkpoint_disk VALUES ('01M82D0RNEVV1Q8FT81AVST8K2', 0, 'd0', 'tm-01M82D0RNEVV1Q8FT81AVST8K2', 65536, 4194304, '/var/lib/vm/db.qcow2', 0, 'BROKEN', 'BITMAP_MISSING', 'bitmap tm-01M82D0RNEVV1Q8FT81AVST8K2 is not there');
INSERT INTO tidemark.checkpoint_disk VALUES ('01M82D0YABTP3J2TSZYN288TPA', 0, 'd0', 'tm-01M82D0YABTP3J2TSZYN288TPA', 65536, 4194304, '/var/lib/vm/db.qcow2', 0, 'HEALTHY', NULL, NULL);


--
-- Data for Name: domain_event_entry; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.domain_event_entry VALUES ('780', 1, '3c8dfd60-1c56-4a84-a180-3cc4044e1339', '01M82D00590Y5Q1F9H7J25HWTT', 0, 'machine', '2026-11-22T19:51:10.305Z', 'machine-registered.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","name":"web","host":"kvm1","qmpSocket":"/run/vm/web.qmp","at":"2026-11-22T19:51:10.251561Z"}', '{"request-hash":"fd50071622f5eb64b55860717a51944309828f9cb67057d6d1116d0f41f9bed6","caller":"admin","idempotency-key":"01M82CZZJN1ZWW80TMVAPWTR20"}', '\x24e94ada3de6a9de4f2093e4bcc092ce4c0daf25240b24219782cf7bad1fb36b');
INSERT INTO tidemark.domain_event_entry VALUES ('782', 2, '6ca67333-b290-4c3c-85bd-8882ff16af99', '01M82D00590Y5Q1F9H7J25HWTT', 1, 'machine', '2026-11-22T19:51:10.771Z', 'machine-observed.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}],"at":"2026-11-22T19:51:10.740042239Z"}', '{"caller":"gateway"}', '\xab50f157bdbfb55a02c95e1bc27aaea18df12f4811cd02e8c2788a8e684b653c');
INSERT INTO tidemark.domain_event_entry VALUES ('784', 3, '2b456565-b7e9-485a-89ae-95b93aed1b11', '01M82D03FKRN2X9CJHX87212A8', 0, 'machine', '2026-11-22T19:51:13.655Z', 'machine-registered.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","name":"db","host":"kvm1","qmpSocket":"/run/vm/db.qmp","at":"2026-11-22T19:51:13.652191Z"}', '{"request-hash":"0fde07cf2cc1b10a5c21529629ce3795f263d7bc677a983f0cbc44cd7b6ed483","caller":"admin","idempotency-key":"01M82D037SDMAYQDP75FP8Y1RV"}', '\xbc5b92ad747c4f268f5e9e5793ceb503a7c6e065d808e0e36354226cd73d718f');
INSERT INTO tidemark.domain_event_entry VALUES ('786', 4, 'e57fca4c-3ef9-4f37-ac8c-e6140a45ec6b', '01M82D03FKRN2X9CJHX87212A8', 1, 'machine', '2026-11-22T19:51:13.791Z', 'machine-observed.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","qemu":{"version":"7.2.22","processId":29357,"processStartedAtTicks":1616465,"instance":"29357/1616465/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/db.qcow2","backingDepth":0,"persistentBitmaps":true}],"at":"2026-11-22T19:51:13.773200402Z"}', '{"caller":"gateway"}', '\xc18f420901179b27d67e777841facf94dec1e113ac598d5dcab14b1b3cb23198');
INSERT INTO tidemark.domain_event_entry VALUES ('788', 5, '70501abd-2a8d-4161-ba46-99409f083bc4', '01M82D00590Y5Q1F9H7J25HWTT', 2, 'machine', '2026-11-22T19:51:15.882Z', 'checkpoint-requested.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D05MJY027AJKM1SWM5BQV","checkpoint":"01M82D05MMVHZVM61BMGBQWVT9","name":"before","selection":[],"description":"the first one","at":"2026-11-22T19:51:15.858752Z"}', '{"request-hash":"9a2c83f419377dba841771485c7452a8938f1ad6ee6ca044e0549cf80ffe9b1e","caller":"admin","idempotency-key":"01M82D0541PZFZKNBR9Z99QNDA"}', '\xeb22b7076b422df38603067b832950e645928d20df2eb6137685cc95b60216ec');
INSERT INTO tidemark.domain_event_entry VALUES ('790', 6, 'fcabe942-b60d-421b-af00-503cb7c56ce8', '01M82D00590Y5Q1F9H7J25HWTT', 3, 'machine', '2026-11-22T19:51:16.108Z', 'checkpoint-created.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D05MJY027AJKM1SWM5BQV","checkpoint":"01M82D05MMVHZVM61BMGBQWVT9","consistency":"CRASH","disks":[{"disk":"d0","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytes":65536}],"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:16.063807291Z"}', '{"caller":"gateway"}', '\x2f6f8d105de64610275902ae1e4f977e69b67940c64140b76e4e60494f1f0d1e');
INSERT INTO tidemark.domain_event_entry VALUES ('792', 7, '61338252-91f3-4b3d-a74c-31e3aaac0239', '01M82D00590Y5Q1F9H7J25HWTT', 4, 'machine', '2026-11-22T19:51:18.655Z', 'backup-requested.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D08B6YA0SPMGSF5W41Q7S","backup":"01M82D08B8FGCS1XJX7G2GZ83R","repository":"default","mode":"PUSH","request":{"kind":"AUTO"},"checkpoint":{"id":"01M82D08B8KRVWFQH6138E764Q","name":"1795377078"},"selection":[],"disks":[{"disk":"d0","kind":"FULL","cause":"NO_BACKUP_IN_REPOSITORY","detail":"repository ''default'' holds no backup of this disk to stand on"}],"at":"2026-11-22T19:51:18.631452Z"}', '{"request-hash":"1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de","caller":"admin","idempotency-key":"01M82D082WFMGJQRV3KT6K2PG7"}', '\x1b30ef02b72b0363072dc4bee9400d901ded8da6d363e037d254da80d71c0735');
INSERT INTO tidemark.domain_event_entry VALUES ('794', 8, 'abfba7f5-7134-4857-bd66-5d42026e6c2b', '01M82D00590Y5Q1F9H7J25HWTT', 5, 'machine', '2026-11-22T19:51:19.544Z', 'checkpoint-created.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D08B6YA0SPMGSF5W41Q7S","checkpoint":"01M82D08B8KRVWFQH6138E764Q","consistency":"CRASH","disks":[{"disk":"d0","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytes":65536}],"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:19.342015427Z"}', '{"caller":"gateway"}', '\xbdbaa3d6b79016a223f3691d53074bcb961dd47f8671d69b6f7004d2d0b2d866');
INSERT INTO tidemark.domain_event_entry VALUES ('794', 9, '19b15f08-fc16-4f84-a77f-d8fe5bd8bda2', '01M82D00590Y5Q1F9H7J25HWTT', 6, 'machine', '2026-11-22T19:51:19.544Z', 'backup-started.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D08B6YA0SPMGSF5W41Q7S","backup":"01M82D08B8FGCS1XJX7G2GZ83R","at":"2026-11-22T19:51:19.342015427Z"}', '{"caller":"gateway"}', '\x569ccef8d93b11c2f56d0c25cd7db3c9c238794c3397c01c75794ddec4c79dd1');
INSERT INTO tidemark.domain_event_entry VALUES ('796', 10, 'd70dcfa3-93f9-494c-bc8a-22ad2d4fd1ac', '01M82D00590Y5Q1F9H7J25HWTT', 7, 'machine', '2026-11-22T19:51:20.093Z', 'backup-completed.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D08B6YA0SPMGSF5W41Q7S","backup":"01M82D08B8FGCS1XJX7G2GZ83R","repository":"default","checkpoint":"01M82D08B8KRVWFQH6138E764Q","disks":[{"disk":"d0","kind":"FULL","bytes":4194304,"file":"01M82D00590Y5Q1F9H7J25HWTT/01M82D08B8FGCS1XJX7G2GZ83R/d0.qcow2","fileSize":393216,"sha256":"690607109c8c95d7f27d86e7c365b547175ecc651123bf55f57a89360d0abe4c","virtualSize":4194304}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","moment":{"consistency":"CRASH"},"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:19.990176505Z"}', '{"caller":"gateway"}', '\x975b2f220b5956dea20129ebe5c5f80c3a16880d858f819fd04d60af8f33b27a');
INSERT INTO tidemark.domain_event_entry VALUES ('798', 11, '1e2dec2e-4cc5-4249-8e29-438be0476f3a', '01M82D00590Y5Q1F9H7J25HWTT', 8, 'machine', '2026-11-22T19:51:22.712Z', 'backup-requested.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0CAFBDG2ZH4Q62G3ZPZ0","backup":"01M82D0CAKR524GTFG51QZ6KT5","repository":"default","mode":"PUSH","request":{"kind":"AUTO"},"checkpoint":{"id":"01M82D0CAKXE7K517VF8CJDTMH","name":"1795377082"},"selection":[],"disks":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D08B8KRVWFQH6138E764Q","parent":"01M82D08B8FGCS1XJX7G2GZ83R","detail":"since checkpoint ''1795377078'', on top of backup 01M82D08B8FGCS1XJX7G2GZ83R"}],"at":"2026-11-22T19:51:22.707240Z"}', '{"request-hash":"1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de","caller":"admin","idempotency-key":"01M82D0C1B22DXCS7PGDQ7K0V2"}', '\x0d73bbbf73e64d5d8c40a51644f44f7b2d3a516209f561dec7730b42b30f4a32');
INSERT INTO tidemark.domain_event_entry VALUES ('825', 29, 'b7fae43d-2199-4dff-bc6b-d16477bf7af6', '01M82D00590Y5Q1F9H7J25HWTT', 26, 'machine', '2026-11-22T19:51:31.701Z', 'backup-started.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0MT57PKKFDBYQASHFVAT","backup":"01M82D0MT5Y5NNSTGXG1JHKG8K","at":"2026-11-22T19:51:31.642039472Z"}', '{"caller":"gateway"}', '\x7eccdc5c87d41ff4ecbaed30c1170c246785cc13a68b90df9eb173fa7747892e');
INSERT INTO tidemark.domain_event_entry VALUES ('800', 12, '8f2abb7e-8702-4f0b-8ef2-6a35b89537e7', '01M82D00590Y5Q1F9H7J25HWTT', 9, 'machine', '2026-11-22T19:51:22.885Z', 'checkpoint-created.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0CAFBDG2ZH4Q62G3ZPZ0","checkpoint":"01M82D0CAKXE7K517VF8CJDTMH","consistency":"CRASH","disks":[{"disk":"d0","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytes":65536}],"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:22.877404444Z"}', '{"caller":"gateway"}', '\x499786eaae495b1879d1da5375b1a558a373adbc87c30c53cddb2c472908c40c');
INSERT INTO tidemark.domain_event_entry VALUES ('800', 13, '6bcafbcf-41d6-4dd6-a8f0-d8f719122ca0', '01M82D00590Y5Q1F9H7J25HWTT', 10, 'machine', '2026-11-22T19:51:22.885Z', 'backup-started.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0CAFBDG2ZH4Q62G3ZPZ0","backup":"01M82D0CAKR524GTFG51QZ6KT5","at":"2026-11-22T19:51:22.877404444Z"}', '{"caller":"gateway"}', '\x2fc6984194219ffd605806de49b73ab2459c704bf7eb3445d94e2bbded2a182e');
INSERT INTO tidemark.domain_event_entry VALUES ('802', 14, '9169fcb5-6092-47e8-97f9-de5af081e818', '01M82D00590Y5Q1F9H7J25HWTT', 11, 'machine', '2026-11-22T19:51:23.135Z', 'backup-completed.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0CAFBDG2ZH4Q62G3ZPZ0","backup":"01M82D0CAKR524GTFG51QZ6KT5","repository":"default","checkpoint":"01M82D0CAKXE7K517VF8CJDTMH","disks":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D08B8KRVWFQH6138E764Q","parent":"01M82D08B8FGCS1XJX7G2GZ83R","bytes":65536,"file":"01M82D00590Y5Q1F9H7J25HWTT/01M82D0CAKR524GTFG51QZ6KT5/d0.qcow2","fileSize":327680,"sha256":"b1019080a105133b85266df65886599e4e8a3a193a093c1d4dd62c6e5e243bf1","virtualSize":4194304}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","moment":{"consistency":"CRASH"},"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:23.115963614Z"}', '{"caller":"gateway"}', '\x070a655b1aec8969da34ec217874af47b1675dddbe0c2ee9ebeeae3c76428e0e');
INSERT INTO tidemark.domain_event_entry VALUES ('806', 16, '4162418f-02fc-4861-ae1a-090a4ddb684c', '01M82D00590Y5Q1F9H7J25HWTT', 13, 'machine', '2026-11-22T19:51:25.275Z', 'checkpoint-created.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0EMQ7R54WBA1B11KVV97","checkpoint":"01M82D0EMSM7BNDFHDFJVHCS1A","consistency":"CRASH","disks":[{"disk":"d0","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytes":65536}],"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:25.247898966Z"}', '{"caller":"gateway"}', '\xd2a7a111f778a242b035f0fe2bbfcb1b6060a811a2c5474df942f89130941a38');
INSERT INTO tidemark.domain_event_entry VALUES ('806', 17, 'e00a008a-cd1d-485c-9f2d-f49835a39287', '01M82D00590Y5Q1F9H7J25HWTT', 14, 'machine', '2026-11-22T19:51:25.275Z', 'backup-started.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0EMQ7R54WBA1B11KVV97","backup":"01M82D0EMSQSWF2NYQ7MNR95HN","at":"2026-11-22T19:51:25.247898966Z"}', '{"caller":"gateway"}', '\x685665f76863532319d7edbfc8f2b1d7d098b72b63bc97a58bf1b36da53fd2ef');
INSERT INTO tidemark.domain_event_entry VALUES ('808', 18, '2c7c4f34-ee54-4324-9b60-0277f3db551e', '01M82D00590Y5Q1F9H7J25HWTT', 15, 'machine', '2026-11-22T19:51:25.430Z', 'backup-completed.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0EMQ7R54WBA1B11KVV97","backup":"01M82D0EMSQSWF2NYQ7MNR95HN","repository":"default","checkpoint":"01M82D0EMSM7BNDFHDFJVHCS1A","disks":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D0CAKXE7K517VF8CJDTMH","parent":"01M82D0CAKR524GTFG51QZ6KT5","bytes":65536,"file":"01M82D00590Y5Q1F9H7J25HWTT/01M82D0EMSQSWF2NYQ7MNR95HN/d0.qcow2","fileSize":327680,"sha256":"7b0498e19909e2a5ae4506aa446bef31f6759fcf2b6a7fe9be7318017a0d3a79","virtualSize":4194304}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","moment":{"consistency":"CRASH"},"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:25.421310656Z"}', '{"caller":"gateway"}', '\x918a2fcc201498ef7a77a375a9b6e1487199d91e9ec0ee70afbe21d73d00efe4');
INSERT INTO tidemark.domain_event_entry VALUES ('812', 20, '0b38f818-730a-4db1-9c49-6483de16125a', '01M82D00590Y5Q1F9H7J25HWTT', 17, 'machine', '2026-11-22T19:51:27.614Z', 'checkpoint-created.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0GZA31VMNWMQ9XAXA5KT","checkpoint":"01M82D0GZBCYP4ABJSVJYKDY9P","consistency":"CRASH","disks":[{"disk":"d0","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytes":65536}],"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:27.606665443Z"}', '{"caller":"gateway"}', '\xe23be4ab8480976bd0656941bcc2ba313915a9a4c36d3f7d989220c9f7e404d1');
INSERT INTO tidemark.domain_event_entry VALUES ('812', 21, '50804e95-e137-45ee-9552-b23c844433f9', '01M82D00590Y5Q1F9H7J25HWTT', 18, 'machine', '2026-11-22T19:51:27.615Z', 'backup-started.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0GZA31VMNWMQ9XAXA5KT","backup":"01M82D0GZB5Y5CEQAGKQJY8HSP","at":"2026-11-22T19:51:27.606665443Z"}', '{"caller":"gateway"}', '\x500fed74af7704bd8ca8cf57d799efa1d139ca220869884e114d0dd3ff7907d2');
INSERT INTO tidemark.domain_event_entry VALUES ('804', 15, '1cb79164-a414-4bbf-aca3-be488a8b48a4', '01M82D00590Y5Q1F9H7J25HWTT', 12, 'machine', '2026-11-22T19:51:25.090Z', 'backup-requested.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0EMQ7R54WBA1B11KVV97","backup":"01M82D0EMSQSWF2NYQ7MNR95HN","repository":"default","mode":"PUSH","request":{"kind":"AUTO"},"checkpoint":{"id":"01M82D0EMSM7BNDFHDFJVHCS1A","name":"1795377085"},"selection":[],"disks":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D0CAKXE7K517VF8CJDTMH","parent":"01M82D0CAKR524GTFG51QZ6KT5","detail":"since checkpoint ''1795377082'', on top of backup 01M82D0CAKR524GTFG51QZ6KT5"}],"at":"2026-11-22T19:51:25.081130Z"}', '{"request-hash":"1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de","caller":"admin","idempotency-key":"01M82D0EBWNR9KGAMNTZEGJSMD"}', '\x5487783bf3bbbf88e50f7a8841abf5b7c84cd2f1410d0b1d6bf234edd1da3395');
INSERT INTO tidemark.domain_event_entry VALUES ('810', 19, '84558147-c83c-4a43-b001-85d924bafe8f', '01M82D00590Y5Q1F9H7J25HWTT', 16, 'machine', '2026-11-22T19:51:27.471Z', 'backup-requested.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0GZA31VMNWMQ9XAXA5KT","backup":"01M82D0GZB5Y5CEQAGKQJY8HSP","repository":"default","mode":"PUSH","request":{"kind":"AUTO"},"checkpoint":{"id":"01M82D0GZBCYP4ABJSVJYKDY9P","name":"1795377087"},"selection":[],"disks":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D0EMSM7BNDFHDFJVHCS1A","parent":"01M82D0EMSQSWF2NYQ7MNR95HN","detail":"since checkpoint ''1795377085'', on top of backup 01M82D0EMSQSWF2NYQ7MNR95HN"}],"at":"2026-11-22T19:51:27.467304Z"}', '{"request-hash":"1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de","caller":"admin","idempotency-key":"01M82D0GNZAQ31TSTPX9FQ21N4"}', '\xc94f6a43e4a2f99ae38912045bd849e53ede786d5b267a1bb2d7ffee08f41aa9');
INSERT INTO tidemark.domain_event_entry VALUES ('814', 22, '51de09f7-9099-4b2d-9893-25e2fc39686c', '01M82D00590Y5Q1F9H7J25HWTT', 19, 'machine', '2026-11-22T19:51:27.832Z', 'backup-completed.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0GZA31VMNWMQ9XAXA5KT","backup":"01M82D0GZB5Y5CEQAGKQJY8HSP","repository":"default","checkpoint":"01M82D0GZBCYP4ABJSVJYKDY9P","disks":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D0EMSM7BNDFHDFJVHCS1A","parent":"01M82D0EMSQSWF2NYQ7MNR95HN","bytes":65536,"file":"01M82D00590Y5Q1F9H7J25HWTT/01M82D0GZB5Y5CEQAGKQJY8HSP/d0.qcow2","fileSize":327680,"sha256":"2389d134164bbc3bc4c267cea829cf1a493d29088c3763845dd23fd777941ccb","virtualSize":4194304}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","moment":{"consistency":"CRASH"},"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:27.819830950Z"}', '{"caller":"gateway"}', '\xf764a5953193a9fecf58e7bb448d7f6fc019e84042ddf1c822e8c8b25a00c834');
INSERT INTO tidemark.domain_event_entry VALUES ('816', 23, '77720941-4d70-48cc-871b-1b479b69c1b7', '01M82D00590Y5Q1F9H7J25HWTT', 20, 'machine', '2026-11-22T19:51:29.551Z', 'backup-requested.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0K02DFZN5BRBYTQQ2QVF","backup":"01M82D0K02416G2B282N44KRXC","repository":"default","mode":"PUSH","request":{"kind":"AUTO"},"checkpoint":{"id":"01M82D0K02RHKJKFB9PDYAW9D3","name":"1795377089"},"selection":[],"disks":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D0GZBCYP4ABJSVJYKDY9P","parent":"01M82D0GZB5Y5CEQAGKQJY8HSP","detail":"since checkpoint ''1795377087'', on top of backup 01M82D0GZB5Y5CEQAGKQJY8HSP"}],"at":"2026-11-22T19:51:29.538594Z"}', '{"request-hash":"1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de","caller":"admin","idempotency-key":"01M82D0JQPY49T53Y9BMH4K4FH"}', '\x7163bc4665cc478ca4f1060f892c7e68dec4dbffcd4fbe5e4f847cd036f3f4ff');
INSERT INTO tidemark.domain_event_entry VALUES ('818', 24, '183f49fa-b5ee-4358-885a-98fc1b102ef2', '01M82D00590Y5Q1F9H7J25HWTT', 21, 'machine', '2026-11-22T19:51:29.683Z', 'checkpoint-created.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0K02DFZN5BRBYTQQ2QVF","checkpoint":"01M82D0K02RHKJKFB9PDYAW9D3","consistency":"CRASH","disks":[{"disk":"d0","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytes":65536}],"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:29.673304296Z"}', '{"caller":"gateway"}', '\xba0ae77c458f7cb47ebdc4a6952ca93b407fca78addf7711a1c99662b180db27');
INSERT INTO tidemark.domain_event_entry VALUES ('818', 25, 'be58d85f-e721-4e23-a3e7-2bdff7c1d5c4', '01M82D00590Y5Q1F9H7J25HWTT', 22, 'machine', '2026-11-22T19:51:29.683Z', 'backup-started.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0K02DFZN5BRBYTQQ2QVF","backup":"01M82D0K02416G2B282N44KRXC","at":"2026-11-22T19:51:29.673304296Z"}', '{"caller":"gateway"}', '\xcc5a4437391420f93f4108beae57d0f92a9cd90b3cb8809c3604abed2ca30c95');
INSERT INTO tidemark.domain_event_entry VALUES ('820', 26, 'b24cc73a-6e21-4874-9668-1b4edfeafb19', '01M82D00590Y5Q1F9H7J25HWTT', 23, 'machine', '2026-11-22T19:51:29.809Z', 'backup-completed.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0K02DFZN5BRBYTQQ2QVF","backup":"01M82D0K02416G2B282N44KRXC","repository":"default","checkpoint":"01M82D0K02RHKJKFB9PDYAW9D3","disks":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D0GZBCYP4ABJSVJYKDY9P","parent":"01M82D0GZB5Y5CEQAGKQJY8HSP","bytes":65536,"file":"01M82D00590Y5Q1F9H7J25HWTT/01M82D0K02416G2B282N44KRXC/d0.qcow2","fileSize":327680,"sha256":"1f51d3d93200e84ac228fa399e64c8189bfb84eccca106b7ce011ac16d16b591","virtualSize":4194304}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","moment":{"consistency":"CRASH"},"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:29.800158650Z"}', '{"caller":"gateway"}', '\x895f2ebf3e9cb3eb2e8d88989c5f9c713139b59b747d185403c00e865a4e781c');
INSERT INTO tidemark.domain_event_entry VALUES ('822', 27, '2bc094e9-9502-4679-b5b7-1c3702177af3', '01M82D00590Y5Q1F9H7J25HWTT', 24, 'machine', '2026-11-22T19:51:31.409Z', 'backup-requested.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0MT57PKKFDBYQASHFVAT","backup":"01M82D0MT5Y5NNSTGXG1JHKG8K","repository":"default","mode":"PUSH","request":{"kind":"AUTO"},"checkpoint":{"id":"01M82D0MT564JWTWBEYDCN7DR0","name":"1795377091"},"selection":[],"disks":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D0K02RHKJKFB9PDYAW9D3","parent":"01M82D0K02416G2B282N44KRXC","detail":"since checkpoint ''1795377089'', on top of backup 01M82D0K02416G2B282N44KRXC"}],"at":"2026-11-22T19:51:31.397819Z"}', '{"request-hash":"1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de","caller":"admin","idempotency-key":"01M82D0MJKCPNAHE97BS5WPV0Q"}', '\x58bd82c8c48b344c9ad133308180c275fcfc51595decad1c49734699644fdb30');
INSERT INTO tidemark.domain_event_entry VALUES ('825', 28, '2b6161b7-8f73-4ac3-bb0e-354b026e85c8', '01M82D00590Y5Q1F9H7J25HWTT', 25, 'machine', '2026-11-22T19:51:31.701Z', 'checkpoint-created.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0MT57PKKFDBYQASHFVAT","checkpoint":"01M82D0MT564JWTWBEYDCN7DR0","consistency":"CRASH","disks":[{"disk":"d0","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytes":65536}],"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:31.642039472Z"}', '{"caller":"gateway"}', '\x53738cc18e842b948f5b3c06ecfd6a4ec6ceb1f96539017683748a641fab4725');
INSERT INTO tidemark.domain_event_entry VALUES ('827', 30, '1cb90095-1965-47a3-98dc-485fdba96368', '01M82D00590Y5Q1F9H7J25HWTT', 27, 'machine', '2026-11-22T19:51:31.824Z', 'backup-completed.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D0MT57PKKFDBYQASHFVAT","backup":"01M82D0MT5Y5NNSTGXG1JHKG8K","repository":"default","checkpoint":"01M82D0MT564JWTWBEYDCN7DR0","disks":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D0K02RHKJKFB9PDYAW9D3","parent":"01M82D0K02416G2B282N44KRXC","bytes":65536,"file":"01M82D00590Y5Q1F9H7J25HWTT/01M82D0MT5Y5NNSTGXG1JHKG8K/d0.qcow2","fileSize":327680,"sha256":"93a5cfef66b96d6e45034b9f009f1d877db29d7a18189cc930d0bd6458db1c3e","virtualSize":4194304}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","moment":{"consistency":"CRASH"},"configuration":{"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:31.821268756Z"}', '{"caller":"gateway"}', '\x0ba743005729721ab5020d70c54223705db9df45605a7f4b96f1683b207cd88f');
INSERT INTO tidemark.domain_event_entry VALUES ('829', 31, '70a4629b-8ffa-4a79-a501-ccd6d107b93e', '01M82D03FKRN2X9CJHX87212A8', 2, 'machine', '2026-11-22T19:51:33.460Z', 'backup-requested.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","operation":"01M82D0PTHBWTXAYD0RJ2N17V1","backup":"01M82D0PTJWPNZA2EHCDZQEDZY","repository":"default","mode":"PUSH","request":{"kind":"AUTO"},"checkpoint":{"id":"01M82D0PTJAF0GBPRXW4QXG8WF","name":"1795377093"},"selection":[],"disks":[{"disk":"d0","kind":"FULL","cause":"NO_BACKUP_IN_REPOSITORY","detail":"repository ''default'' holds no backup of this disk to stand on"}],"at":"2026-11-22T19:51:33.458275Z"}', '{"request-hash":"935ede4235716f8d281cc38994a79bedf3ce5e0b4dd7abf3dcfbad75577cd8ae","caller":"admin","idempotency-key":"01M82D0PKCZCHJ6ZC1KQ6R6JKH"}', '\x5a3036d4e9a7a8b965213d0be82895ded0674867c712eb124bdf15929e72080e');
INSERT INTO tidemark.domain_event_entry VALUES ('831', 32, '345cc4ea-2f4d-430c-ad08-d1a38d270ec2', '01M82D03FKRN2X9CJHX87212A8', 3, 'machine', '2026-11-22T19:51:33.604Z', 'checkpoint-created.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","operation":"01M82D0PTHBWTXAYD0RJ2N17V1","checkpoint":"01M82D0PTJAF0GBPRXW4QXG8WF","consistency":"CRASH","disks":[{"disk":"d0","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/db.qcow2","backingDepth":0,"dirtyBytes":65536}],"configuration":{"qemu":{"version":"7.2.22","processId":29357,"processStartedAtTicks":1616465,"instance":"29357/1616465/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/db.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:33.601701990Z"}', '{"caller":"gateway"}', '\x6078b880ac37080917a458e4e9bf5d00ec16d3f7932812d34fd61cc043b4f6f8');
INSERT INTO tidemark.domain_event_entry VALUES ('831', 33, '1f6febef-a439-4c2f-81a9-eee1445987f1', '01M82D03FKRN2X9CJHX87212A8', 4, 'machine', '2026-11-22T19:51:33.604Z', 'backup-started.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","operation":"01M82D0PTHBWTXAYD0RJ2N17V1","backup":"01M82D0PTJWPNZA2EHCDZQEDZY","at":"2026-11-22T19:51:33.601701990Z"}', '{"caller":"gateway"}', '\xf33029b9d909bd82f17db0faa741992eefceeebc78c97e997132d50a8bd999a5');
INSERT INTO tidemark.domain_event_entry VALUES ('833', 34, '5119b40f-eac9-4e2e-9b8f-23e21227424a', '01M82D03FKRN2X9CJHX87212A8', 5, 'machine', '2026-11-22T19:51:33.685Z', 'backup-completed.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","operation":"01M82D0PTHBWTXAYD0RJ2N17V1","backup":"01M82D0PTJWPNZA2EHCDZQEDZY","repository":"default","checkpoint":"01M82D0PTJAF0GBPRXW4QXG8WF","disks":[{"disk":"d0","kind":"FULL","bytes":4194304,"file":"01M82D03FKRN2X9CJHX87212A8/01M82D0PTJWPNZA2EHCDZQEDZY/d0.qcow2","fileSize":393216,"sha256":"690607109c8c95d7f27d86e7c365b547175ecc651123bf55f57a89360d0abe4c","virtualSize":4194304}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","moment":{"consistency":"CRASH"},"configuration":{"qemu":{"version":"7.2.22","processId":29357,"processStartedAtTicks":1616465,"instance":"29357/1616465/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/db.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:33.683019835Z"}', '{"caller":"gateway"}', '\x6ac11ebe9cc16ffffbea614161e9781de2c289ce7d0bf616b1b7ec7ba1c2c358');
INSERT INTO tidemark.domain_event_entry VALUES ('835', 35, 'fd399cc9-b241-45aa-962a-57fb5a788f97', '01M82D03FKRN2X9CJHX87212A8', 6, 'machine', '2026-11-22T19:51:35.347Z', 'checkpoint-requested.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","operation":"01M82D0RNE0HMSWEJAZSY8RF52","checkpoint":"01M82D0RNEVV1Q8FT81AVST8K2","name":"kept","parent":"01M82D0PTJAF0GBPRXW4QXG8WF","selection":[],"at":"2026-11-22T19:51:35.342087Z"}', '{"request-hash":"7fa0dd9b29af5118e723a4823657a15408f5b0b7da8dbcef10e90dcaef7245ab","caller":"admin","idempotency-key":"01M82D0RDE7C7Q0540HEKDTREY"}', '\x53763c1419ef1748c9ad825ed467725803535582a8945e97ce2fed8a6c5bbd01');
INSERT INTO tidemark.domain_event_entry VALUES ('837', 36, '7e0568d5-d940-4b89-963f-25d821be3680', '01M82D03FKRN2X9CJHX87212A8', 7, 'machine', '2026-11-22T19:51:35.392Z', 'checkpoint-created.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","operation":"01M82D0RNE0HMSWEJAZSY8RF52","checkpoint":"01M82D0RNEVV1Q8FT81AVST8K2","consistency":"CRASH","disks":[{"disk":"d0","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/db.qcow2","backingDepth":0,"dirtyBytes":65536}],"configuration":{"qemu":{"version":"7.2.22","processId":29357,"processStartedAtTicks":1616465,"instance":"29357/1616465/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/db.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:35.389540294Z"}', '{"caller":"gateway"}', '\x896028e26de533cde1a4b917701a499191acec8f8bbcd42d048ccc3ce03cf844');
INSERT INTO tidemark.domain_event_entry VALUES ('839', 37, 'd17042ce-181b-4fb9-9609-447dc79a302f', '01M82D03FKRN2X9CJHX87212A8', 8, 'machine', '2026-11-22T19:51:37.364Z', 'machine-observed.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","qemu":{"version":"7.2.22","processId":29840,"processStartedAtTicks":1619019,"instance":"29840/1619019/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/db.qcow2","backingDepth":0,"persistentBitmaps":true}],"at":"2026-11-22T19:51:37.352708089Z"}', '{"caller":"gateway"}', '\xb45feafed7463d1ed565d5899f24fdaf77ecea105b9d8f00e679ee4668880fb9');
INSERT INTO tidemark.domain_event_entry VALUES ('839', 38, '5d4679bd-6fff-487d-a4a5-0ca9896e29f9', '01M82D03FKRN2X9CJHX87212A8', 9, 'machine', '2026-11-22T19:51:37.365Z', 'chain-broken.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","disk":"d0","cause":"BITMAP_MISSING","detail":"bitmap tm-01M82D0RNEVV1Q8FT81AVST8K2 is not there","checkpoints":["01M82D0PTJAF0GBPRXW4QXG8WF","01M82D0RNEVV1Q8FT81AVST8K2"],"at":"2026-11-22T19:51:37.352708089Z"}', '{"caller":"gateway"}', '\x7761fb7a63784e267b94c962b460649c06daaf7e65c2652baffd1e6c4f3d0d79');
INSERT INTO tidemark.domain_event_entry VALUES ('841', 39, 'b18f1525-5e46-4e52-b2db-5d93353efcfd', '01M82D03FKRN2X9CJHX87212A8', 10, 'machine', '2026-11-22T19:51:41.137Z', 'backup-requested.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","operation":"01M82D0YAA4DPDBA99QBX1YMAK","backup":"01M82D0YABNF2T31FV9W68J8KN","repository":"default","mode":"PUSH","request":{"kind":"AUTO"},"checkpoint":{"id":"01M82D0YABTP3J2TSZYN288TPA","name":"1795377101"},"selection":[],"disks":[{"disk":"d0","kind":"FULL","cause":"BITMAP_MISSING","detail":"bitmap tm-01M82D0RNEVV1Q8FT81AVST8K2 is not there"}],"at":"2026-11-22T19:51:41.131108Z"}', '{"request-hash":"935ede4235716f8d281cc38994a79bedf3ce5e0b4dd7abf3dcfbad75577cd8ae","caller":"admin","idempotency-key":"01M82D0Y18VBP6XGXS2CW3Q81Q"}', '\x551ea24a11e20eece1dda3e47d76656817fa361846b034c6fdf8f1a6d848f64e');
INSERT INTO tidemark.domain_event_entry VALUES ('843', 40, 'c8c48982-429b-4270-b4f6-b43426823e18', '01M82D03FKRN2X9CJHX87212A8', 11, 'machine', '2026-11-22T19:51:41.345Z', 'checkpoint-created.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","operation":"01M82D0YAA4DPDBA99QBX1YMAK","checkpoint":"01M82D0YABTP3J2TSZYN288TPA","consistency":"CRASH","disks":[{"disk":"d0","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/db.qcow2","backingDepth":0,"dirtyBytes":65536}],"configuration":{"qemu":{"version":"7.2.22","processId":29840,"processStartedAtTicks":1619019,"instance":"29840/1619019/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/db.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:41.340643165Z"}', '{"caller":"gateway"}', '\x827b149a49418f673a84bd4cffb6cab96928904ecd567d0b4e4306025338bd37');
INSERT INTO tidemark.domain_event_entry VALUES ('843', 41, '98ebcaf1-661d-40af-b956-40a53d505996', '01M82D03FKRN2X9CJHX87212A8', 12, 'machine', '2026-11-22T19:51:41.346Z', 'backup-started.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","operation":"01M82D0YAA4DPDBA99QBX1YMAK","backup":"01M82D0YABNF2T31FV9W68J8KN","at":"2026-11-22T19:51:41.340643165Z"}', '{"caller":"gateway"}', '\x82bf0988b9204a1531445ae568ea4bbae59057062f006d3391377d245bb1acc1');
INSERT INTO tidemark.domain_event_entry VALUES ('845', 42, '14c89da2-24c8-4b16-ad9c-c9bd7b6298ff', '01M82D03FKRN2X9CJHX87212A8', 13, 'machine', '2026-11-22T19:51:41.462Z', 'backup-completed.v1', NULL, '{"machine":"01M82D03FKRN2X9CJHX87212A8","operation":"01M82D0YAA4DPDBA99QBX1YMAK","backup":"01M82D0YABNF2T31FV9W68J8KN","repository":"default","checkpoint":"01M82D0YABTP3J2TSZYN288TPA","disks":[{"disk":"d0","kind":"FULL","bytes":4194304,"file":"01M82D03FKRN2X9CJHX87212A8/01M82D0YABNF2T31FV9W68J8KN/d0.qcow2","fileSize":393216,"sha256":"690607109c8c95d7f27d86e7c365b547175ecc651123bf55f57a89360d0abe4c","virtualSize":4194304}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","moment":{"consistency":"CRASH"},"configuration":{"qemu":{"version":"7.2.22","processId":29840,"processStartedAtTicks":1619019,"instance":"29840/1619019/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/db.qcow2","backingDepth":0,"persistentBitmaps":true}]},"at":"2026-11-22T19:51:41.459708622Z"}', '{"caller":"gateway"}', '\xf9a7ffce9917f4dd351e3317487f2a1af6db6eccc63a3c6f56827e186edbb99a');
INSERT INTO tidemark.domain_event_entry VALUES ('847', 43, 'a7380537-f906-4042-9d8e-cb6596040869', '01M82D00590Y5Q1F9H7J25HWTT', 28, 'machine', '2026-11-22T19:51:45.123Z', 'verification-requested.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D126TEKQ54JV4GGMDH460","backup":"01M82D0MT5Y5NNSTGXG1JHKG8K","repository":"default","at":"2026-11-22T19:51:45.116774Z"}', '{"request-hash":"9b2a1e4c5ef421ed294914382089746787cff214ead776435b606dd46d5c70e4","caller":"admin","idempotency-key":"01M82D11TZRSZ7H6RGWEY2HQXZ"}', '\xeb3b16c18a0c936e7b19a7a31f298c50d81086e48254817435c3fd4c93ab9776');
INSERT INTO tidemark.domain_event_entry VALUES ('849', 44, '36e94827-b312-4574-9c8a-606b25bb6b94', '01M82D00590Y5Q1F9H7J25HWTT', 29, 'machine', '2026-11-22T19:51:45.323Z', 'backup-verified.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D126TEKQ54JV4GGMDH460","backup":"01M82D0MT5Y5NNSTGXG1JHKG8K","bytes":2031616,"at":"2026-11-22T19:51:45.295545344Z"}', '{"caller":"gateway"}', '\x0016fc44a3e07e0de44aa9d9adbcbbdb7d44e3cd6cacf9be5782d391eb8e9715');
INSERT INTO tidemark.domain_event_entry VALUES ('851', 45, '5ef112cb-d688-4f41-a3cd-8c06fd3bc221', '01M82D00590Y5Q1F9H7J25HWTT', 30, 'machine', '2026-11-22T19:51:49.509Z', 'backup-protected.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D16FJWYAN2ZRTNRBSH832","backup":"01M82D08B8FGCS1XJX7G2GZ83R","hold":"case 7","at":"2026-11-22T19:51:49.493633Z"}', '{"request-hash":"f3d604004902fab4241a7f3a7a1ceec04930ca43c336e547560a1b161a719975","caller":"admin","idempotency-key":"01M82D166YC46RZXRYFTFQGW0Z"}', '\xb135491a73ef285f96e8407c48f2bdd8cb3e87d722f9bae971e20097d11e2d1f');
INSERT INTO tidemark.domain_event_entry VALUES ('853', 46, 'b767fd78-0d96-40b9-99af-63871ae30f24', '01M82D00590Y5Q1F9H7J25HWTT', 31, 'machine', '2026-11-22T19:51:52.052Z', 'retention-changed.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D18Z3FWVCPFSQ9ZKJ6P46","repository":"default","policy":{"last":3,"daily":7,"weekly":0,"monthly":0,"yearly":0},"at":"2026-11-22T19:51:52.041282Z"}', '{"request-hash":"6f0f77f46b1f2b7728da5382aa23f6e1f8a08314671c9dcff398658d92f6c3d9","caller":"admin","idempotency-key":"01M82D18M9KM7FEJ66NZAYFZAY"}', '\x5af4fd2738095c79691cbe91f32beb3db2f6751613ecc7e020e520852ca1c0ab');
INSERT INTO tidemark.domain_event_entry VALUES ('855', 47, '15852f2d-4b69-41e8-bd37-ba0badfe580f', '01M82D00590Y5Q1F9H7J25HWTT', 32, 'machine', '2026-11-22T19:51:53.602Z', 'checkpoint-deletion-requested.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D1AFW6E214XDH6VY6G17T","checkpoint":"01M82D05MMVHZVM61BMGBQWVT9","at":"2026-11-22T19:51:53.597711Z"}', '{"request-hash":"c095db2a2dd628941bff1b1091721034aaf4dfa065d2b17095bfdbb329cdc889","caller":"admin","idempotency-key":"01M82D1A2NJ24GFKFB04TJNJCN"}', '\x09fe2780511d34a1953891aa9ad3df7da1ac82841645f93fc693bf6462cfef88');
INSERT INTO tidemark.domain_event_entry VALUES ('857', 48, '97f4586a-14ce-41ee-9236-d5f1871c6552', '01M82D00590Y5Q1F9H7J25HWTT', 33, 'machine', '2026-11-22T19:51:53.656Z', 'checkpoint-deleted.v1', NULL, '{"machine":"01M82D00590Y5Q1F9H7J25HWTT","operation":"01M82D1AFW6E214XDH6VY6G17T","checkpoint":"01M82D05MMVHZVM61BMGBQWVT9","at":"2026-11-22T19:51:53.624430058Z"}', '{"caller":"gateway"}', '\x0b1afa690312f60a5108a913cb6a26348da05d4bc9ed210c0fb2bf3f9e5dd488');


--
-- Data for Name: export; Type: TABLE DATA; Schema: tidemark; Owner: -
--



--
-- Data for Name: export_disk; Type: TABLE DATA; Schema: tidemark; Owner: -
--



--
-- Data for Name: flyway_schema_history; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.flyway_schema_history VALUES (0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA', '"tidemark"', NULL, 'tidemark', '2026-11-22 19:51:02.973405', 0, true);
INSERT INTO tidemark.flyway_schema_history VALUES (1, '1.1', 'roles', 'SQL', 'V1_1__roles.sql', -1172228106, 'tidemark', '2026-11-22 19:51:03.018352', 7, true);
INSERT INTO tidemark.flyway_schema_history VALUES (2, '1.2', 'event log', 'SQL', 'V1_2__event_log.sql', 1837892862, 'tidemark', '2026-11-22 19:51:03.052956', 26, true);
INSERT INTO tidemark.flyway_schema_history VALUES (3, '1.3', 'append only', 'SQL', 'V1_3__append_only.sql', 1542001479, 'tidemark', '2026-11-22 19:51:03.095813', 7, true);
INSERT INTO tidemark.flyway_schema_history VALUES (4, '1.4', 'snapshot', 'SQL', 'V1_4__snapshot.sql', 963664825, 'tidemark', '2026-11-22 19:51:03.121458', 25, true);
INSERT INTO tidemark.flyway_schema_history VALUES (5, '1.5', 'token', 'SQL', 'V1_5__token.sql', 1841139669, 'tidemark', '2026-11-22 19:51:03.155724', 28, true);
INSERT INTO tidemark.flyway_schema_history VALUES (6, '1.6', 'event log view', 'SQL', 'V1_6__event_log_view.sql', -2016125109, 'tidemark', '2026-11-22 19:51:03.19572', 129, true);
INSERT INTO tidemark.flyway_schema_history VALUES (7, '2.1', 'read models', 'SQL', 'V2_1__read_models.sql', 370057164, 'tidemark', '2026-11-22 19:51:03.342736', 453, true);
INSERT INTO tidemark.flyway_schema_history VALUES (8, '2.2', 'damage', 'SQL', 'V2_2__damage.sql', 404891454, 'tidemark', '2026-11-22 19:51:03.821428', 130, true);
INSERT INTO tidemark.flyway_schema_history VALUES (9, '2.3', 'backup compression', 'SQL', 'V2_3__backup_compression.sql', 335259113, 'tidemark', '2026-11-22 19:51:04.037871', 6, true);
INSERT INTO tidemark.flyway_schema_history VALUES (10, '2.4', 'backup speed', 'SQL', 'V2_4__backup_speed.sql', -1232279244, 'tidemark', '2026-11-22 19:51:04.05452', 10, true);
INSERT INTO tidemark.flyway_schema_history VALUES (11, '2.5', 'backup deletion', 'SQL', 'V2_5__backup_deletion.sql', 12748901, 'tidemark', '2026-11-22 19:51:04.084618', 5, true);
INSERT INTO tidemark.flyway_schema_history VALUES (12, '2.6', 'backup protection', 'SQL', 'V2_6__backup_protection.sql', -1567538054, 'tidemark', '2026-11-22 19:51:04.103381', 24, true);
INSERT INTO tidemark.flyway_schema_history VALUES (13, '2.7', 'quiesce', 'SQL', 'V2_7__quiesce.sql', -378027831, 'tidemark', '2026-11-22 19:51:04.141756', 9, true);
INSERT INTO tidemark.flyway_schema_history VALUES (14, '2.8', 'pull backups', 'SQL', 'V2_8__pull_backups.sql', -911817718, 'tidemark', '2026-11-22 19:51:04.164514', 8, true);
INSERT INTO tidemark.flyway_schema_history VALUES (15, '2.9', 'backup merge', 'SQL', 'V2_9__backup_merge.sql', 1369500098, 'tidemark', '2026-11-22 19:51:04.192386', 3, true);
INSERT INTO tidemark.flyway_schema_history VALUES (16, '2.10', 'kinds', 'SQL', 'V2_10__kinds.sql', 410734017, 'tidemark', '2026-11-22 19:51:04.208507', 14, true);
INSERT INTO tidemark.flyway_schema_history VALUES (17, '2.12', 'configuration', 'SQL', 'V2_12__configuration.sql', -2123839145, 'tidemark', '2026-11-22 19:51:04.238031', 4, true);
INSERT INTO tidemark.flyway_schema_history VALUES (18, '2.13', 'restore exports', 'SQL', 'V2_13__restore_exports.sql', 2050585749, 'tidemark', '2026-11-22 19:51:04.248125', 35, true);
INSERT INTO tidemark.flyway_schema_history VALUES (19, '2.15', 'deep verification', 'SQL', 'V2_15__deep_verification.sql', 1077206985, 'tidemark', '2026-11-22 19:51:04.299251', 6, true);
INSERT INTO tidemark.flyway_schema_history VALUES (20, '2.15.1', 'abort operation', 'SQL', 'V2_15_1__abort_operation.sql', -1043293935, 'tidemark', '2026-11-22 19:51:04.319788', 7, true);
INSERT INTO tidemark.flyway_schema_history VALUES (21, '2.15.2', 'deadline', 'SQL', 'V2_15_2__deadline.sql', 229097875, 'tidemark', '2026-11-22 19:51:04.342864', 3, true);
INSERT INTO tidemark.flyway_schema_history VALUES (22, '2.16', 'backup encryption', 'SQL', 'V2_16__backup_encryption.sql', -201153359, 'tidemark', '2026-11-22 19:51:04.359798', 2, true);
INSERT INTO tidemark.flyway_schema_history VALUES (23, '2.18', 'marks of replaced files', 'SQL', 'V2_18__marks_of_replaced_files.sql', -904477477, 'tidemark', '2026-11-22 19:51:04.375494', 8, true);
INSERT INTO tidemark.flyway_schema_history VALUES (24, '2.18.1', 'open exports', 'SQL', 'V2_18_1__open_exports.sql', 1488694865, 'tidemark', '2026-11-22 19:51:04.396916', 5, true);
INSERT INTO tidemark.flyway_schema_history VALUES (25, '2.20', 'api tokens', 'SQL', 'V2_20__api_tokens.sql', -2035030986, 'tidemark', '2026-11-22 19:51:04.410016', 23, true);
INSERT INTO tidemark.flyway_schema_history VALUES (26, '2.21', 'tamper evidence', 'SQL', 'V2_21__tamper_evidence.sql', -409786121, 'tidemark', '2026-11-22 19:51:04.44325', 57, true);


--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.idempotency VALUES ('admin', '01M82CZZJN1ZWW80TMVAPWTR20', 'fd50071622f5eb64b55860717a51944309828f9cb67057d6d1116d0f41f9bed6', '01M82D00590Y5Q1F9H7J25HWTT');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D037SDMAYQDP75FP8Y1RV', '0fde07cf2cc1b10a5c21529629ce3795f263d7bc677a983f0cbc44cd7b6ed483', '01M82D03FKRN2X9CJHX87212A8');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D0541PZFZKNBR9Z99QNDA', '9a2c83f419377dba841771485c7452a8938f1ad6ee6ca044e0549cf80ffe9b1e', '01M82D05MJY027AJKM1SWM5BQV');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D082WFMGJQRV3KT6K2PG7', '1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de', '01M82D08B6YA0SPMGSF5W41Q7S');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D0C1B22DXCS7PGDQ7K0V2', '1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de', '01M82D0CAFBDG2ZH4Q62G3ZPZ0');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D0EBWNR9KGAMNTZEGJSMD', '1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de', '01M82D0EMQ7R54WBA1B11KVV97');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D0GNZAQ31TSTPX9FQ21N4', '1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de', '01M82D0GZA31VMNWMQ9XAXA5KT');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D0JQPY49T53Y9BMH4K4FH', '1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de', '01M82D0K02DFZN5BRBYTQQ2QVF');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D0MJKCPNAHE97BS5WPV0Q', '1094687ae91eb2646e469479bca8805931a90ceaa9194935e222c8b0501ce4de', '01M82D0MT57PKKFDBYQASHFVAT');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D0PKCZCHJ6ZC1KQ6R6JKH', '935ede4235716f8d281cc38994a79bedf3ce5e0b4dd7abf3dcfbad75577cd8ae', '01M82D0PTHBWTXAYD0RJ2N17V1');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D0RDE7C7Q0540HEKDTREY', '7fa0dd9b29af5118e723a4823657a15408f5b0b7da8dbcef10e90dcaef7245ab', '01M82D0RNE0HMSWEJAZSY8RF52');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D0Y18VBP6XGXS2CW3Q81Q', '935ede4235716f8d281cc38994a79bedf3ce5e0b4dd7abf3dcfbad75577cd8ae', '01M82D0YAA4DPDBA99QBX1YMAK');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D11TZRSZ7H6RGWEY2HQXZ', '9b2a1e4c5ef421ed294914382089746787cff214ead776435b606dd46d5c70e4', '01M82D126TEKQ54JV4GGMDH460');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D166YC46RZXRYFTFQGW0Z', 'f3d604004902fab4241a7f3a7a1ceec04930ca43c336e547560a1b161a719975', '01M82D16FJWYAN2ZRTNRBSH832');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D18M9KM7FEJ66NZAYFZAY', '6f0f77f46b1f2b7728da5382aa23f6e1f8a08314671c9dcff398658d92f6c3d9', '01M82D18Z3FWVCPFSQ9ZKJ6P46');
INSERT INTO tidemark.idempotency VALUES ('admin', '01M82D1A2NJ24GFKFB04TJNJCN', 'c095db2a2dd628941bff1b1091721034aaf4dfa065d2b17095bfdbb329cdc889', '01M82D1AFW6E214XDH6VY6G17T');


--
-- Data for Name: operation; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.operation VALUES ('01M82D00590Y5Q1F9H7J25HWTT', '01M82D00590Y5Q1F9H7J25HWTT', 'REGISTER', 'DONE', NULL, NULL, '01M82D00590Y5Q1F9H7J25HWTT', NULL, 'admin', 2, 1, '2026-11-22 19:51:10.251561+00', '2026-11-22 19:51:10.740042+00');
INSERT INTO tidemark.operation VALUES ('01M82D03FKRN2X9CJHX87212A8', '01M82D03FKRN2X9CJHX87212A8', 'REGISTER', 'DONE', NULL, NULL, '01M82D03FKRN2X9CJHX87212A8', NULL, 'admin', 2, 1, '2026-11-22 19:51:13.652191+00', '2026-11-22 19:51:13.7732+00');
INSERT INTO tidemark.operation VALUES ('01M82D05MJY027AJKM1SWM5BQV', '01M82D00590Y5Q1F9H7J25HWTT', 'CREATE_CHECKPOINT', 'DONE', NULL, NULL, '01M82D05MMVHZVM61BMGBQWVT9', NULL, 'admin', 2, 3, '2026-11-22 19:51:15.858752+00', '2026-11-22 19:51:16.063807+00');
INSERT INTO tidemark.operation VALUES ('01M82D0YAA4DPDBA99QBX1YMAK', '01M82D03FKRN2X9CJHX87212A8', 'BACKUP', 'DONE', NULL, NULL, '01M82D0YABNF2T31FV9W68J8KN', NULL, 'admin', 4, 11, '2026-11-22 19:51:41.131108+00', '2026-11-22 19:51:41.459709+00');
INSERT INTO tidemark.operation VALUES ('01M82D08B6YA0SPMGSF5W41Q7S', '01M82D00590Y5Q1F9H7J25HWTT', 'BACKUP', 'DONE', NULL, NULL, '01M82D08B8FGCS1XJX7G2GZ83R', NULL, 'admin', 4, 5, '2026-11-22 19:51:18.631452+00', '2026-11-22 19:51:19.990177+00');
INSERT INTO tidemark.operation VALUES ('01M82D126TEKQ54JV4GGMDH460', '01M82D00590Y5Q1F9H7J25HWTT', 'VERIFY', 'DONE', NULL, NULL, '01M82D0MT5Y5NNSTGXG1JHKG8K', '{"deep": false, "bytes": 2031616, "backup": "01M82D0MT5Y5NNSTGXG1JHKG8K"}', 'admin', 2, 29, '2026-11-22 19:51:45.116774+00', '2026-11-22 19:51:45.295545+00');
INSERT INTO tidemark.operation VALUES ('01M82D0CAFBDG2ZH4Q62G3ZPZ0', '01M82D00590Y5Q1F9H7J25HWTT', 'BACKUP', 'DONE', NULL, NULL, '01M82D0CAKR524GTFG51QZ6KT5', NULL, 'admin', 4, 9, '2026-11-22 19:51:22.70724+00', '2026-11-22 19:51:23.115964+00');
INSERT INTO tidemark.operation VALUES ('01M82D16FJWYAN2ZRTNRBSH832', '01M82D00590Y5Q1F9H7J25HWTT', 'PROTECT_BACKUP', 'DONE', NULL, NULL, '01M82D08B8FGCS1XJX7G2GZ83R', NULL, 'admin', 1, 31, '2026-11-22 19:51:49.493633+00', '2026-11-22 19:51:49.493633+00');
INSERT INTO tidemark.operation VALUES ('01M82D18Z3FWVCPFSQ9ZKJ6P46', '01M82D00590Y5Q1F9H7J25HWTT', 'CHANGE_RETENTION', 'DONE', NULL, NULL, 'default', NULL, 'admin', 1, 32, '2026-11-22 19:51:52.041282+00', '2026-11-22 19:51:52.041282+00');
INSERT INTO tidemark.operation VALUES ('01M82D0EMQ7R54WBA1B11KVV97', '01M82D00590Y5Q1F9H7J25HWTT', 'BACKUP', 'DONE', NULL, NULL, '01M82D0EMSQSWF2NYQ7MNR95HN', NULL, 'admin', 4, 13, '2026-11-22 19:51:25.08113+00', '2026-11-22 19:51:25.421311+00');
INSERT INTO tidemark.operation VALUES ('01M82D1AFW6E214XDH6VY6G17T', '01M82D00590Y5Q1F9H7J25HWTT', 'DELETE_CHECKPOINT', 'DONE', NULL, NULL, '01M82D05MMVHZVM61BMGBQWVT9', NULL, 'admin', 2, 33, '2026-11-22 19:51:53.597711+00', '2026-11-22 19:51:53.62443+00');
INSERT INTO tidemark.operation VALUES ('01M82D0GZA31VMNWMQ9XAXA5KT', '01M82D00590Y5Q1F9H7J25HWTT', 'BACKUP', 'DONE', NULL, NULL, '01M82D0GZB5Y5CEQAGKQJY8HSP', NULL, 'admin', 4, 17, '2026-11-22 19:51:27.467304+00', '2026-11-22 19:51:27.819831+00');
INSERT INTO tidemark.operation VALUES ('01M82D0K02DFZN5BRBYTQQ2QVF', '01M82D00590Y5Q1F9H7J25HWTT', 'BACKUP', 'DONE', NULL, NULL, '01M82D0K02416G2B282N44KRXC', NULL, 'admin', 4, 21, '2026-11-22 19:51:29.538594+00', '2026-11-22 19:51:29.800159+00');
INSERT INTO tidemark.operation VALUES ('01M82D0MT57PKKFDBYQASHFVAT', '01M82D00590Y5Q1F9H7J25HWTT', 'BACKUP', 'DONE', NULL, NULL, '01M82D0MT5Y5NNSTGXG1JHKG8K', NULL, 'admin', 4, 25, '2026-11-22 19:51:31.397819+00', '2026-11-22 19:51:31.821269+00');
INSERT INTO tidemark.operation VALUES ('01M82D0PTHBWTXAYD0RJ2N17V1', '01M82D03FKRN2X9CJHX87212A8', 'BACKUP', 'DONE', NULL, NULL, '01M82D0PTJWPNZA2EHCDZQEDZY', NULL, 'admin', 4, 3, '2026-11-22 19:51:33.458275+00', '2026-11-22 19:51:33.68302+00');
INSERT INTO tidemark.operation VALUES ('01M82D0RNE0HMSWEJAZSY8RF52', '01M82D03FKRN2X9CJHX87212A8', 'CREATE_CHECKPOINT', 'DONE', NULL, NULL, '01M82D0RNEVV1Q8FT81AVST8K2', NULL, 'admin', 2, 7, '2026-11-22 19:51:35.342087+00', '2026-11-22 19:51:35.38954+00');


--
-- Data for Name: snapshot_event_entry; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.snapshot_event_entry VALUES ('797f5662-c78c-45dc-b480-bb8a91e77ed7', '01M82D00590Y5Q1F9H7J25HWTT', 24, 'machine', '2026-11-22T19:51:31.461Z', 'machine-snapshot.v6', NULL, '{"id":"01M82D00590Y5Q1F9H7J25HWTT","version":25,"registration":{"name":"web","host":"kvm1","qmpSocket":"/run/vm/web.qmp","formers":[]},"removed":false,"qemu":{"version":"7.2.22","processId":29309,"processStartedAtTicks":1616108,"instance":"29309/1616108/9d53c5ae-d48e-4cc2-be79-816817ebcce5"},"disks":[{"facts":{"name":"d0","node":"d0","format":"qcow2","virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"persistentBitmaps":true},"present":true,"firstSeenVersion":2,"chain":[{"checkpoint":"01M82D05MMVHZVM61BMGBQWVT9","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytesMin":65536},{"checkpoint":"01M82D08B8KRVWFQH6138E764Q","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytesMin":65536},{"checkpoint":"01M82D0CAKXE7K517VF8CJDTMH","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytesMin":65536},{"checkpoint":"01M82D0EMSM7BNDFHDFJVHCS1A","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytesMin":65536},{"checkpoint":"01M82D0GZBCYP4ABJSVJYKDY9P","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytesMin":65536},{"checkpoint":"01M82D0K02RHKJKFB9PDYAW9D3","granularity":65536,"virtualSize":4194304,"file":"/var/lib/vm/web.qcow2","backingDepth":0,"dirtyBytesMin":65536}],"unwanted":[]}],"checkpoints":[{"id":"01M82D05MMVHZVM61BMGBQWVT9","name":"before","state":"CREATED"},{"id":"01M82D08B8KRVWFQH6138E764Q","name":"1795377078","state":"CREATED","backup":"01M82D08B8FGCS1XJX7G2GZ83R"},{"id":"01M82D0CAKXE7K517VF8CJDTMH","name":"1795377082","state":"CREATED","backup":"01M82D0CAKR524GTFG51QZ6KT5"},{"id":"01M82D0EMSM7BNDFHDFJVHCS1A","name":"1795377085","state":"CREATED","backup":"01M82D0EMSQSWF2NYQ7MNR95HN"},{"id":"01M82D0GZBCYP4ABJSVJYKDY9P","name":"1795377087","state":"CREATED","backup":"01M82D0GZB5Y5CEQAGKQJY8HSP"},{"id":"01M82D0K02RHKJKFB9PDYAW9D3","name":"1795377089","state":"CREATED","backup":"01M82D0K02416G2B282N44KRXC"},{"id":"01M82D0MT564JWTWBEYDCN7DR0","name":"1795377091","state":"REQUESTED","backup":"01M82D0MT5Y5NNSTGXG1JHKG8K"}],"retired":[],"bases":[{"repository":"default","mode":"PUSH","checkpoint":"01M82D08B8KRVWFQH6138E764Q","backup":"01M82D08B8FGCS1XJX7G2GZ83R","disks":["d0"],"version":8},{"repository":"default","mode":"PUSH","checkpoint":"01M82D0CAKXE7K517VF8CJDTMH","backup":"01M82D0CAKR524GTFG51QZ6KT5","disks":["d0"],"version":12},{"repository":"default","mode":"PUSH","checkpoint":"01M82D0EMSM7BNDFHDFJVHCS1A","backup":"01M82D0EMSQSWF2NYQ7MNR95HN","disks":["d0"],"version":16},{"repository":"default","mode":"PUSH","checkpoint":"01M82D0GZBCYP4ABJSVJYKDY9P","backup":"01M82D0GZB5Y5CEQAGKQJY8HSP","disks":["d0"],"version":20},{"repository":"default","mode":"PUSH","checkpoint":"01M82D0K02RHKJKFB9PDYAW9D3","backup":"01M82D0K02416G2B282N44KRXC","disks":["d0"],"version":24}],"lostBases":[],"usedRepositories":["default"],"stored":[{"backup":"01M82D08B8FGCS1XJX7G2GZ83R","repository":"default","takenAt":"2026-11-22T19:51:19.342015427Z","checkpoint":"01M82D08B8KRVWFQH6138E764Q","files":[{"disk":"d0","bytes":393216,"damaged":false,"sha256":"690607109c8c95d7f27d86e7c365b547175ecc651123bf55f57a89360d0abe4c"}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","guarded":false},{"backup":"01M82D0CAKR524GTFG51QZ6KT5","repository":"default","takenAt":"2026-11-22T19:51:22.877404444Z","checkpoint":"01M82D0CAKXE7K517VF8CJDTMH","files":[{"disk":"d0","parent":"01M82D08B8FGCS1XJX7G2GZ83R","bytes":327680,"damaged":false,"sha256":"b1019080a105133b85266df65886599e4e8a3a193a093c1d4dd62c6e5e243bf1"}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","guarded":false},{"backup":"01M82D0EMSQSWF2NYQ7MNR95HN","repository":"default","takenAt":"2026-11-22T19:51:25.247898966Z","checkpoint":"01M82D0EMSM7BNDFHDFJVHCS1A","files":[{"disk":"d0","parent":"01M82D0CAKR524GTFG51QZ6KT5","bytes":327680,"damaged":false,"sha256":"7b0498e19909e2a5ae4506aa446bef31f6759fcf2b6a7fe9be7318017a0d3a79"}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","guarded":false},{"backup":"01M82D0GZB5Y5CEQAGKQJY8HSP","repository":"default","takenAt":"2026-11-22T19:51:27.606665443Z","checkpoint":"01M82D0GZBCYP4ABJSVJYKDY9P","files":[{"disk":"d0","parent":"01M82D0EMSQSWF2NYQ7MNR95HN","bytes":327680,"damaged":false,"sha256":"2389d134164bbc3bc4c267cea829cf1a493d29088c3763845dd23fd777941ccb"}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","guarded":false},{"backup":"01M82D0K02416G2B282N44KRXC","repository":"default","takenAt":"2026-11-22T19:51:29.673304296Z","checkpoint":"01M82D0K02RHKJKFB9PDYAW9D3","files":[{"disk":"d0","parent":"01M82D0GZB5Y5CEQAGKQJY8HSP","bytes":327680,"damaged":false,"sha256":"1f51d3d93200e84ac228fa399e64c8189bfb84eccca106b7ce011ac16d16b591"}],"identity":"01M82D08MSA9E68WQXAM5PN3CJ","guarded":false}],"retention":[],"pending":{"type":"BACKUP","operation":"01M82D0MT57PKKFDBYQASHFVAT","backup":"01M82D0MT5Y5NNSTGXG1JHKG8K","repository":"default","request":{"kind":"AUTO"},"checkpoint":{"id":"01M82D0MT564JWTWBEYDCN7DR0","name":"1795377091"},"selection":[],"plan":[{"disk":"d0","kind":"INCREMENTAL","since":"01M82D0K02RHKJKFB9PDYAW9D3","parent":"01M82D0K02416G2B282N44KRXC","detail":"since checkpoint ''1795377089'', on top of backup 01M82D0K02416G2B282N44KRXC"}],"quiesce":false,"requestedAt":"2026-11-22T19:51:31.397819Z","abort":false,"inDoubt":false},"errands":[],"told":[],"recent":["01M82D05MJY027AJKM1SWM5BQV","01M82D08B6YA0SPMGSF5W41Q7S","01M82D0CAFBDG2ZH4Q62G3ZPZ0","01M82D0EMQ7R54WBA1B11KVV97","01M82D0GZA31VMNWMQ9XAXA5KT","01M82D0K02DFZN5BRBYTQQ2QVF","01M82D0MT57PKKFDBYQASHFVAT"],"intents":["01M82D05MJY027AJKM1SWM5BQV","01M82D08B6YA0SPMGSF5W41Q7S","01M82D0CAFBDG2ZH4Q62G3ZPZ0","01M82D0EMQ7R54WBA1B11KVV97","01M82D0GZA31VMNWMQ9XAXA5KT","01M82D0K02DFZN5BRBYTQQ2QVF","01M82D0MT57PKKFDBYQASHFVAT"]}', '{}');


--
-- Data for Name: token_entry; Type: TABLE DATA; Schema: tidemark; Owner: -
--



--
-- Data for Name: vm; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.vm VALUES ('01M82D00590Y5Q1F9H7J25HWTT', 'web', 'kvm1', '/run/vm/web.qmp', NULL, '7.2.22', '2026-11-22 19:51:10.251561+00', NULL);
INSERT INTO tidemark.vm VALUES ('01M82D03FKRN2X9CJHX87212A8', 'db', 'kvm1', '/run/vm/db.qmp', NULL, '7.2.22', '2026-11-22 19:51:13.652191+00', NULL);


--
-- Data for Name: vm_disk; Type: TABLE DATA; Schema: tidemark; Owner: -
--

INSERT INTO tidemark.vm_disk VALUES ('01M82D00590Y5Q1F9H7J25HWTT', 0, 'd0', 'd0', 'qcow2', 4194304, '/var/lib/vm/web.qcow2', 0, true);
INSERT INTO tidemark.vm_disk VALUES ('01M82D03FKRN2X9CJHX87212A8', 0, 'd0', 'd0', 'qcow2', 4194304, '/var/lib/vm/db.qcow2', 0, true);


--
-- Name: api_token_entry_number_seq; Type: SEQUENCE SET; Schema: tidemark; Owner: -
--

SELECT pg_catalog.setval('tidemark.api_token_entry_number_seq', 3, true);


--
-- Name: domain_event_entry_global_index_seq; Type: SEQUENCE SET; Schema: tidemark; Owner: -
--

SELECT pg_catalog.setval('tidemark.domain_event_entry_global_index_seq', 48, true);


--
-- Name: api_token_entry api_token_entry_hash_key; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.api_token_entry
    ADD CONSTRAINT api_token_entry_hash_key UNIQUE (hash);


--
-- Name: api_token_entry api_token_entry_name_key; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.api_token_entry
    ADD CONSTRAINT api_token_entry_name_key UNIQUE (name);


--
-- Name: api_token_entry api_token_entry_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.api_token_entry
    ADD CONSTRAINT api_token_entry_pkey PRIMARY KEY (number);


--
-- Name: api_token_entry api_token_entry_token_act_key; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.api_token_entry
    ADD CONSTRAINT api_token_entry_token_act_key UNIQUE (token, act);


--
-- Name: backup_disk backup_disk_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.backup_disk
    ADD CONSTRAINT backup_disk_pkey PRIMARY KEY (backup, disk);


--
-- Name: backup backup_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.backup
    ADD CONSTRAINT backup_pkey PRIMARY KEY (id);


--
-- Name: backup backup_vm_version_key; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.backup
    ADD CONSTRAINT backup_vm_version_key UNIQUE (vm, version);


--
-- Name: checkpoint_disk checkpoint_disk_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.checkpoint_disk
    ADD CONSTRAINT checkpoint_disk_pkey PRIMARY KEY (checkpoint, disk);


--
-- Name: checkpoint checkpoint_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (id);


--
-- Name: checkpoint checkpoint_vm_version_key; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.checkpoint
    ADD CONSTRAINT checkpoint_vm_version_key UNIQUE (vm, version);


--
-- Name: domain_event_entry domain_event_entry_aggregate_identifier_sequence_number_key; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.domain_event_entry
    ADD CONSTRAINT domain_event_entry_aggregate_identifier_sequence_number_key UNIQUE (aggregate_identifier, sequence_number);


--
-- Name: domain_event_entry domain_event_entry_event_identifier_key; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.domain_event_entry
    ADD CONSTRAINT domain_event_entry_event_identifier_key UNIQUE (event_identifier);


--
-- Name: domain_event_entry domain_event_entry_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.domain_event_entry
    ADD CONSTRAINT domain_event_entry_pkey PRIMARY KEY (global_index);


--
-- Name: export_disk export_disk_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.export_disk
    ADD CONSTRAINT export_disk_pkey PRIMARY KEY (export, disk);


--
-- Name: export export_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.export
    ADD CONSTRAINT export_pkey PRIMARY KEY (id);


--
-- Name: export export_vm_version_key; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.export
    ADD CONSTRAINT export_vm_version_key UNIQUE (vm, version);


--
-- Name: flyway_schema_history flyway_schema_history_pk; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.flyway_schema_history
    ADD CONSTRAINT flyway_schema_history_pk PRIMARY KEY (installed_rank);


--
-- Name: idempotency idempotency_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (caller, key);


--
-- Name: operation operation_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.operation
    ADD CONSTRAINT operation_pkey PRIMARY KEY (id);


--
-- Name: operation operation_vm_version_key; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.operation
    ADD CONSTRAINT operation_vm_version_key UNIQUE (vm, version);


--
-- Name: snapshot_event_entry snapshot_event_entry_event_identifier_key; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.snapshot_event_entry
    ADD CONSTRAINT snapshot_event_entry_event_identifier_key UNIQUE (event_identifier);


--
-- Name: snapshot_event_entry snapshot_event_entry_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.snapshot_event_entry
    ADD CONSTRAINT snapshot_event_entry_pkey PRIMARY KEY (aggregate_identifier, sequence_number);


--
-- Name: token_entry token_entry_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.token_entry
    ADD CONSTRAINT token_entry_pkey PRIMARY KEY (processor_name, segment);


--
-- Name: vm_disk vm_disk_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.vm_disk
    ADD CONSTRAINT vm_disk_pkey PRIMARY KEY (vm, name);


--
-- Name: vm vm_pkey; Type: CONSTRAINT; Schema: tidemark; Owner: -
--

ALTER TABLE ONLY tidemark.vm
    ADD CONSTRAINT vm_pkey PRIMARY KEY (id);


--
-- Name: backup_by_operation; Type: INDEX; Schema: tidemark; Owner: -
--

CREATE INDEX backup_by_operation ON tidemark.backup USING btree (operation);


--
-- Name: backup_disk_by_parent; Type: INDEX; Schema: tidemark; Owner: -
--

CREATE INDEX backup_disk_by_parent ON tidemark.backup_disk USING btree (parent, disk);


--
-- Name: backup_disk_damaged; Type: INDEX; Schema: tidemark; Owner: -
--

CREATE INDEX backup_disk_damaged ON tidemark.backup_disk USING btree (backup, disk) WHERE (damage IS NOT NULL);


--
-- Name: checkpoint_by_name; Type: INDEX; Schema: tidemark; Owner: -
--

CREATE INDEX checkpoint_by_name ON tidemark.checkpoint USING btree (vm, name);


--
-- Name: checkpoint_by_parent; Type: INDEX; Schema: tidemark; Owner: -
--

CREATE INDEX checkpoint_by_parent ON tidemark.checkpoint USING btree (parent);


--
-- Name: export_open_of_backup; Type: INDEX; Schema: tidemark; Owner: -
--

CREATE INDEX export_open_of_backup ON tidemark.export USING btree (backup) WHERE (ended_at IS NULL);


--
-- Name: flyway_schema_history_s_idx; Type: INDEX; Schema: tidemark; Owner: -
--

CREATE INDEX flyway_schema_history_s_idx ON tidemark.flyway_schema_history USING btree (success);


--
-- Name: operation_under_way; Type: INDEX; Schema: tidemark; Owner: -
--

CREATE INDEX operation_under_way ON tidemark.operation USING btree (vm, version) WHERE (ended_at IS NULL);


--
-- Name: vm_name_of_the_registered; Type: INDEX; Schema: tidemark; Owner: -
--

CREATE UNIQUE INDEX vm_name_of_the_registered ON tidemark.vm USING btree (name) WHERE (removed_at IS NULL);


--
-- Name: api_token_entry history_is_not_rewritten; Type: TRIGGER; Schema: tidemark; Owner: -
--

CREATE TRIGGER history_is_not_rewritten BEFORE DELETE OR UPDATE OR TRUNCATE ON tidemark.api_token_entry FOR EACH STATEMENT EXECUTE FUNCTION tidemark.refuse_to_rewrite_history();

ALTER TABLE tidemark.api_token_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten;


--
-- Name: domain_event_entry history_is_not_rewritten; Type: TRIGGER; Schema: tidemark; Owner: -
--

CREATE TRIGGER history_is_not_rewritten BEFORE DELETE OR UPDATE OR TRUNCATE ON tidemark.domain_event_entry FOR EACH STATEMENT EXECUTE FUNCTION tidemark.refuse_to_rewrite_history();

ALTER TABLE tidemark.domain_event_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten;


--
-- Name: domain_event_entry record_is_chained; Type: TRIGGER; Schema: tidemark; Owner: -
--

CREATE TRIGGER record_is_chained BEFORE INSERT ON tidemark.domain_event_entry FOR EACH ROW EXECUTE FUNCTION tidemark.chain_record();

ALTER TABLE tidemark.domain_event_entry ENABLE ALWAYS TRIGGER record_is_chained;


--
-- Name: SCHEMA tidemark; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA tidemark TO tidemark_application;


--
-- Name: TABLE api_token_entry; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT ON TABLE tidemark.api_token_entry TO tidemark_application;


--
-- Name: TABLE api_token; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT ON TABLE tidemark.api_token TO tidemark_application;


--
-- Name: SEQUENCE api_token_entry_number_seq; Type: ACL; Schema: tidemark; Owner: -
--

GRANT USAGE ON SEQUENCE tidemark.api_token_entry_number_seq TO tidemark_application;


--
-- Name: TABLE backup; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE tidemark.backup TO tidemark_application;


--
-- Name: TABLE backup_disk; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE tidemark.backup_disk TO tidemark_application;


--
-- Name: TABLE checkpoint; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE tidemark.checkpoint TO tidemark_application;


--
-- Name: TABLE checkpoint_disk; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE tidemark.checkpoint_disk TO tidemark_application;


--
-- Name: TABLE domain_event_entry; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT ON TABLE tidemark.domain_event_entry TO tidemark_application;


--
-- Name: SEQUENCE domain_event_entry_global_index_seq; Type: ACL; Schema: tidemark; Owner: -
--

GRANT USAGE ON SEQUENCE tidemark.domain_event_entry_global_index_seq TO tidemark_application;


--
-- Name: TABLE event_log; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT ON TABLE tidemark.event_log TO tidemark_application;


--
-- Name: TABLE export; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE tidemark.export TO tidemark_application;


--
-- Name: TABLE export_disk; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE tidemark.export_disk TO tidemark_application;


--
-- Name: TABLE idempotency; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT ON TABLE tidemark.idempotency TO tidemark_application;


--
-- Name: TABLE operation; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE tidemark.operation TO tidemark_application;


--
-- Name: TABLE snapshot_event_entry; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE tidemark.snapshot_event_entry TO tidemark_application;


--
-- Name: TABLE token_entry; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE tidemark.token_entry TO tidemark_application;


--
-- Name: TABLE vm; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE tidemark.vm TO tidemark_application;


--
-- Name: TABLE vm_disk; Type: ACL; Schema: tidemark; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE tidemark.vm_disk TO tidemark_application;


--
-- PostgreSQL database dump complete
--

\unrestrict Hb3NyH8dyp727saMJCOe7ecWQpWYiFIc4SJR7N1owCE31uDODXVKDDral4M4YwB

