-- Restore points that clients read where they lie: since when, where, until when.
CREATE TABLE tidemark.export (
    id           text        PRIMARY KEY,
    vm           text        NOT NULL,
    backup       text        NOT NULL,
    repository   text        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('REQUESTED', 'READY', 'ENDING', 'ENDED', 'FAILED')),
    writable     boolean     NOT NULL,
    lease_until  timestamptz NOT NULL,
    code         text,
    error        text,
    version      bigint      NOT NULL,
    requested_at timestamptz NOT NULL,
    ready_at     timestamptz,
    ended_at     timestamptz,
    UNIQUE (vm, version),
    CHECK ((state IN ('ENDED', 'FAILED')) = (ended_at IS NOT NULL)),
    CHECK (state <> 'FAILED' OR code IS NOT NULL)
);

CREATE TABLE tidemark.export_disk (
    export       text    NOT NULL,
    position     integer NOT NULL,
    disk         text    NOT NULL,
    uri          text,
    virtual_size bigint,
    PRIMARY KEY (export, disk)
);

GRANT SELECT, INSERT, UPDATE ON tidemark.export, tidemark.export_disk TO tidemark_application;

-- Two more kinds of operations, beside those that the migrations before know.
DO $$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE conname = 'operation_kind_check' AND conrelid = 'tidemark.operation'::regclass);
BEGIN
    ALTER TABLE tidemark.operation DROP CONSTRAINT operation_kind_check;
    EXECUTE 'ALTER TABLE tidemark.operation ADD CONSTRAINT operation_kind_check CHECK (kind IN (''EXPORT'', ''END_EXPORT'') OR '
        || substring(known FROM '^CHECK (.*)$') || ')';
END
$$;
