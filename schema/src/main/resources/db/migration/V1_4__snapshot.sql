-- Snapshots make loading fast and mean nothing else: all of them may be dropped at any time.
CREATE TABLE tidemark.snapshot_event_entry (
    event_identifier     varchar(255)  NOT NULL UNIQUE,
    aggregate_identifier varchar(255)  NOT NULL,
    sequence_number      bigint        NOT NULL,
    type                 varchar(255)  NOT NULL,
    time_stamp           varchar(255)  NOT NULL,
    payload_type         varchar(255)  NOT NULL,
    payload_revision     varchar(255),
    payload              json          NOT NULL,
    meta_data            json          NOT NULL,
    PRIMARY KEY (aggregate_identifier, sequence_number)
);

GRANT SELECT, INSERT, DELETE ON tidemark.snapshot_event_entry TO tidemark_application;
