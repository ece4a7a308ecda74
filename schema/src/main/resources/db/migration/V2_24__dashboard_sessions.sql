-- Who has signed in to the pages, for every coordinator alike. What the browser keeps is 256 random bits, and here is their SHA-256 alone.
-- A session is no history: it goes when somebody signs out or when it is over. What it may do follows from its token at every request, so
-- that it ends with the token; the administrator's has the fingerprint of the token that it was opened with, for the same reason.
CREATE TABLE tidemark.dashboard_session_entry (
    hash          text        PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    token         text,
    administrator text        CHECK (administrator ~ '^[0-9a-f]{64}$'),
    opened_at     timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    CHECK (num_nonnulls(token, administrator) = 1)
);

CREATE INDEX dashboard_session_by_owner ON tidemark.dashboard_session_entry (coalesce(token, administrator), opened_at);

GRANT SELECT, INSERT, DELETE ON tidemark.dashboard_session_entry TO tidemark_application;

-- The newest restore point of each of very many machines, and the newest that was verified, without a look at all that came before.
CREATE INDEX backup_completed ON tidemark.backup (vm, version) WHERE state = 'COMPLETED' AND mode = 'PUSH';
CREATE INDEX backup_verified ON tidemark.backup (vm, version)
    WHERE state = 'COMPLETED' AND mode = 'PUSH' AND verified_at IS NOT NULL;
