-- What the recording bitmap of a disk marked, hour by hour, as gateways told it: a curve for people, from which nothing is concluded. It is no
-- history and is forgotten after some days; unlike what was seen last it is worth its WAL, because no look brings it back.
CREATE TABLE tidemark.dirty_hour (
    machine text        NOT NULL,
    disk    text        NOT NULL,
    hour    timestamptz NOT NULL,
    bytes   bigint      NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (machine, disk, hour)
);
CREATE INDEX ON tidemark.dirty_hour (hour);

GRANT SELECT, INSERT, UPDATE, DELETE ON tidemark.dirty_hour TO tidemark_application;
