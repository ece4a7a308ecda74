-- Who is told of events, and how far. No history: where a webhook stands moves on, and what was told is in the log anyway. Who made and
-- ended one is an act like others.
CREATE TABLE tidemark.webhook (
    id               text        PRIMARY KEY,
    name             text        NOT NULL UNIQUE,
    url              text        NOT NULL,
    -- Names of events without their version; none for all.
    events           text[]      NOT NULL,
    -- A pattern of machine names.
    machines         text        NOT NULL,
    -- Sealed with a key that is not in this database: whoever reads the database cannot sign.
    secret           text        NOT NULL,
    -- The one before, while receivers go over to the new one.
    former_secret    text,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by       text        NOT NULL,
    disabled_because text,
    -- Everything up to here that it is to be told was accepted, or is a dead letter below.
    position         bigint      NOT NULL,
    delivered        bigint      NOT NULL DEFAULT 0,
    delivered_at     timestamptz,
    -- Of the event behind the position, if that was not accepted so far.
    attempts         integer     NOT NULL DEFAULT 0,
    first_attempt_at timestamptz,
    last_attempt_at  timestamptz,
    next_attempt_at  timestamptz,
    trouble          text
);

-- What a receiver did not accept in all attempts: kept until its webhook is deleted.
CREATE TABLE tidemark.webhook_dead_letter (
    webhook          text        NOT NULL REFERENCES tidemark.webhook ON DELETE CASCADE,
    log_index        bigint      NOT NULL,
    event_type       text        NOT NULL,
    attempts         integer     NOT NULL,
    first_attempt_at timestamptz,
    given_up_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    trouble          text        NOT NULL,
    -- Somebody wants it to be tried once more.
    requested_at     timestamptz,
    redelivered_at   timestamptz,
    PRIMARY KEY (webhook, log_index)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON tidemark.webhook, tidemark.webhook_dead_letter TO tidemark_application;
