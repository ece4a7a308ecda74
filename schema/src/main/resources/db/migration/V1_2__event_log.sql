-- The log: everything that Tidemark knows can be worked out from this table alone.
-- The columns are those of Axon 4.13's JDBC event storage, and one of our own.
CREATE TABLE tidemark.domain_event_entry (
    -- First on purpose: a transaction must have its number before it draws a global index. A reader that sees a hole in
    -- the index can then tell a transaction that is still under way from one that was rolled back.
    transaction_id       xid8          NOT NULL DEFAULT pg_current_xact_id(),
    global_index         bigserial     PRIMARY KEY,
    event_identifier     varchar(255)  NOT NULL UNIQUE,
    aggregate_identifier varchar(255)  NOT NULL,
    sequence_number      bigint        NOT NULL CHECK (sequence_number >= 0),
    type                 varchar(255)  NOT NULL,
    time_stamp           varchar(255)  NOT NULL,
    payload_type         varchar(255)  NOT NULL CHECK (payload_type ~ '^[a-z0-9-]+\.v[0-9]+$'),
    payload_revision     varchar(255),
    -- json, not jsonb: the text stays exactly as it was written, so that a digest over it can be checked years later.
    -- The check makes sure that every row can be read as jsonb, else one bad row would stop every audit query.
    payload              json          NOT NULL CHECK (jsonb_typeof(payload::jsonb) = 'object'),
    meta_data            json          NOT NULL CHECK (jsonb_typeof(meta_data::jsonb) = 'object'),
    -- The one guard against two writers: whoever comes second with the same number has decided on an outdated state.
    UNIQUE (aggregate_identifier, sequence_number)
);

GRANT SELECT, INSERT ON tidemark.domain_event_entry TO tidemark_application;
GRANT USAGE ON SEQUENCE tidemark.domain_event_entry_global_index_seq TO tidemark_application;
