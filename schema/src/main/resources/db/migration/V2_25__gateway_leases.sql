-- Who serves a host: one gateway at a time, whichever coordinator it asks. What it reports is taken under the newest epoch only.
--
-- The epoch is part of a key on purpose: a transaction that records a report locks the row FOR KEY SHARE, which a renewal does not
-- wait for, and a take-over does. So nothing is appended under an epoch that has ended.
CREATE TABLE tidemark.gateway_lease (
    host        text        PRIMARY KEY,
    epoch       bigint      NOT NULL CHECK (epoch > 0),
    instance    text        NOT NULL,
    -- The one that the gateway asked last.
    coordinator text        NOT NULL,
    version     text        NOT NULL,
    granted_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    heard_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at  timestamptz NOT NULL,
    UNIQUE (host, epoch)
);

CREATE FUNCTION tidemark.refuse_an_older_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.host <> OLD.host OR NEW.epoch < OLD.epoch OR (NEW.epoch = OLD.epoch AND NEW.instance <> OLD.instance) THEN
        RAISE EXCEPTION 'the epoch of host % only grows', OLD.host;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER epochs_only_grow
    BEFORE UPDATE ON tidemark.gateway_lease
    FOR EACH ROW EXECUTE FUNCTION tidemark.refuse_an_older_epoch();

-- No DELETE: an epoch that was given is never given again.
GRANT SELECT, INSERT, UPDATE ON tidemark.gateway_lease TO tidemark_application;
