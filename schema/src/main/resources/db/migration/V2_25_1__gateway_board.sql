-- What one coordinator knows and others are asked for: what a gateway saw last, how far an operation is, and a wish for a look. Nothing of it
-- is history. It is not written to the WAL, and a server that crashed begins without it: the next look brings it back.
CREATE UNLOGGED TABLE tidemark.machine_sight (
    machine     text        PRIMARY KEY,
    coordinator text        NOT NULL,
    sight       jsonb       NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON tidemark.machine_sight (changed_at);

CREATE UNLOGGED TABLE tidemark.operation_progress (
    operation   text        PRIMARY KEY,
    coordinator text        NOT NULL,
    step        jsonb       NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON tidemark.operation_progress (changed_at);

CREATE UNLOGGED TABLE tidemark.look_request (
    id          text        PRIMARY KEY,
    host        text        NOT NULL,
    machine     text        NOT NULL,
    dry         boolean     NOT NULL,
    asked_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    answer      jsonb
);

GRANT SELECT, INSERT, UPDATE, DELETE
   ON tidemark.machine_sight, tidemark.operation_progress, tidemark.look_request TO tidemark_application;
