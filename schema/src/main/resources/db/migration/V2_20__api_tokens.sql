-- Who may call: each token as the acts that made it and ended it. Nothing here is changed or removed, so that a name in the log always
-- leads to whoever had it, with the role that it had.
--
-- The token itself is nowhere: it has 256 random bits, so its SHA-256 tells nothing about it, and no salt or slow digest adds to that.
CREATE TABLE tidemark.api_token_entry (
    number     bigserial   PRIMARY KEY,
    token      text        NOT NULL,
    act        text        NOT NULL CHECK (act IN ('CREATED', 'REVOKED')),
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    by_whom    text        NOT NULL,
    -- Of the first act only. A name is never used again, also not after its token was revoked.
    name       text        UNIQUE,
    role       text,
    machines   text,
    hash       text        UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
    hint       text,
    expires_at timestamptz,
    UNIQUE (token, act),
    CHECK (num_nonnulls(name, role, machines, hash, hint, expires_at) = CASE act WHEN 'CREATED' THEN 6 ELSE 0 END)
);

CREATE TRIGGER history_is_not_rewritten
    BEFORE UPDATE OR DELETE OR TRUNCATE ON tidemark.api_token_entry
    FOR EACH STATEMENT EXECUTE FUNCTION tidemark.refuse_to_rewrite_history();

ALTER TABLE tidemark.api_token_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten;

-- The tokens as they are now. Whether one has expired is a matter of the moment at which one asks.
CREATE VIEW tidemark.api_token AS
SELECT made.token, made.name, made.role, made.machines, made.hash, made.hint, made.expires_at,
       made.at AS created_at, made.by_whom AS created_by, ended.at AS revoked_at, ended.by_whom AS revoked_by
  FROM tidemark.api_token_entry made
  LEFT JOIN tidemark.api_token_entry ended ON ended.token = made.token AND ended.act = 'REVOKED'
 WHERE made.act = 'CREATED';

GRANT SELECT, INSERT ON tidemark.api_token_entry TO tidemark_application;
GRANT SELECT ON tidemark.api_token TO tidemark_application;
GRANT USAGE ON SEQUENCE tidemark.api_token_entry_number_seq TO tidemark_application;
