-- What readers ask for, worked out of the log in the transaction that appends to it. Every row can be derived from the
-- events: dropping these tables and folding the log again loses nothing, and a test does just that. For that reason
-- there are no defaults and no sequences here, and no foreign keys: the log is the only authority.
--
-- "version" is the number of an event in its machine's log. Lists are ordered by it; the clocks below are for readers.

CREATE TABLE tidemark.vm (
    id            text        PRIMARY KEY,
    name          text        NOT NULL,
    host          text        NOT NULL,
    qmp           text        NOT NULL,
    qga           text,
    qemu_version  text,
    registered_at timestamptz NOT NULL,
    removed_at    timestamptz
);

-- A name is free again once its machine has left. Two machines with one name would make every script ambiguous.
CREATE UNIQUE INDEX vm_name_of_the_registered ON tidemark.vm (name) WHERE removed_at IS NULL;

CREATE TABLE tidemark.vm_disk (
    vm                 text    NOT NULL,
    position           integer NOT NULL,
    name               text    NOT NULL,
    node               text    NOT NULL,
    format             text    NOT NULL,
    virtual_size       bigint  NOT NULL,
    file               text    NOT NULL,
    backing_depth      integer NOT NULL,
    persistent_bitmaps boolean NOT NULL,
    PRIMARY KEY (vm, name)
);

CREATE TABLE tidemark.checkpoint (
    id           text        PRIMARY KEY,
    vm           text        NOT NULL,
    name         text        NOT NULL,
    parent       text,
    state        text        NOT NULL CHECK (state IN ('REQUESTED', 'CREATED', 'FAILED', 'DELETING', 'DELETED')),
    consistency  text        CHECK (consistency IN ('CRASH', 'FILESYSTEM')),
    description  text,
    operation    text        NOT NULL,
    version      bigint      NOT NULL,
    requested_at timestamptz NOT NULL,
    created_at   timestamptz,
    UNIQUE (vm, version)
);

CREATE INDEX checkpoint_by_name ON tidemark.checkpoint (vm, name);
CREATE INDEX checkpoint_by_parent ON tidemark.checkpoint (parent);

CREATE TABLE tidemark.checkpoint_disk (
    checkpoint    text    NOT NULL,
    position      integer NOT NULL,
    disk          text    NOT NULL,
    bitmap        text    NOT NULL,
    granularity   bigint  NOT NULL,
    virtual_size  bigint  NOT NULL,
    file          text    NOT NULL,
    backing_depth integer NOT NULL,
    state         text    NOT NULL CHECK (state IN ('HEALTHY', 'BROKEN')),
    cause         text,
    detail        text,
    PRIMARY KEY (checkpoint, disk),
    CHECK ((state = 'BROKEN') = (cause IS NOT NULL))
);

CREATE TABLE tidemark.backup (
    id           text        PRIMARY KEY,
    vm           text        NOT NULL,
    repository   text        NOT NULL,
    mode         text        NOT NULL CHECK (mode IN ('PUSH', 'PULL')),
    request      text        NOT NULL CHECK (request IN ('AUTO', 'FULL', 'SINCE')),
    state        text        NOT NULL
                 CHECK (state IN ('REQUESTED', 'RUNNING', 'COMPLETED', 'FAILED', 'ABORTED', 'UNKNOWN')),
    checkpoint   text,
    operation    text        NOT NULL,
    version      bigint      NOT NULL,
    requested_at timestamptz NOT NULL,
    started_at   timestamptz,
    completed_at timestamptz,
    verified_at  timestamptz,
    damaged      boolean     NOT NULL,
    code         text,
    error        text,
    UNIQUE (vm, version)
);

CREATE INDEX backup_by_operation ON tidemark.backup (operation);

CREATE TABLE tidemark.backup_disk (
    backup       text    NOT NULL,
    position     integer NOT NULL,
    disk         text    NOT NULL,
    kind         text    NOT NULL CHECK (kind IN ('FULL', 'INCREMENTAL')),
    since        text,
    parent       text,
    cause        text,
    detail       text,
    bytes        bigint,
    file         text,
    file_size    bigint,
    sha256       text,
    virtual_size bigint,
    damage       text,
    PRIMARY KEY (backup, disk)
);

CREATE TABLE tidemark.operation (
    id         text        PRIMARY KEY,
    vm         text        NOT NULL,
    kind       text        NOT NULL
               CHECK (kind IN ('REGISTER', 'REMOVE', 'CREATE_CHECKPOINT', 'DELETE_CHECKPOINT', 'BACKUP',
                               'ABORT_BACKUP', 'VERIFY', 'RESTORE')),
    state      text        NOT NULL CHECK (state IN ('PENDING', 'RUNNING', 'UNKNOWN', 'DONE', 'FAILED')),
    code       text,
    error      text,
    target     text        NOT NULL,
    result     jsonb,
    caller     text,
    events     integer     NOT NULL,
    version    bigint      NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz,
    UNIQUE (vm, version),
    CHECK ((state IN ('DONE', 'FAILED')) = (ended_at IS NOT NULL)),
    CHECK (state <> 'FAILED' OR code IS NOT NULL)
);

-- The few that are still under way are asked for again and again.
CREATE INDEX operation_under_way ON tidemark.operation (vm, version) WHERE ended_at IS NULL;

-- Which operation a caller's key has started: a repeat finds it, also after a restart. Written with the operation's
-- first event, from that event's metadata, so there is no moment at which one is there without the other.
CREATE TABLE tidemark.idempotency (
    caller       text NOT NULL,
    key          text NOT NULL,
    request_hash text NOT NULL,
    operation    text NOT NULL,
    PRIMARY KEY (caller, key)
);

GRANT SELECT, INSERT, UPDATE ON tidemark.vm, tidemark.checkpoint, tidemark.checkpoint_disk, tidemark.backup,
    tidemark.backup_disk, tidemark.operation TO tidemark_application;
-- What is replaced as a whole.
GRANT DELETE ON tidemark.vm_disk, tidemark.backup_disk TO tidemark_application;
GRANT SELECT, INSERT ON tidemark.vm_disk, tidemark.idempotency TO tidemark_application;
