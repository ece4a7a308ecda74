-- Which jobs were handed out to a gateway, by whichever coordinator: what a host's and a repository's limit count. Not one that has
-- ended, whatever is here: the log is the authority on that, and so nothing has to be taken away for a place to be free. What is left of
-- ended ones goes when the next job is handed out.
--
-- Nothing of this is history. It is written to the WAL all the same: a gateway goes on with what it was asked for when the server
-- crashes, and its place must not be given to another one meanwhile.
CREATE TABLE tidemark.job_place (
    operation   text        PRIMARY KEY,
    repository  text        NOT NULL,
    -- The one that gave the place; it may be gone.
    coordinator text        NOT NULL,
    taken_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT SELECT, INSERT, UPDATE, DELETE ON tidemark.job_place TO tidemark_application;
