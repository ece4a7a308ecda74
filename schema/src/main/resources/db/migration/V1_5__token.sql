-- How far a reader of the log has come, in Axon's layout; for readers that work on their own time.
CREATE TABLE tidemark.token_entry (
    processor_name varchar(255) NOT NULL,
    segment        integer      NOT NULL,
    token          json,
    token_type     varchar(255),
    time_stamp     varchar(255),
    owner          varchar(255),
    PRIMARY KEY (processor_name, segment)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON tidemark.token_entry TO tidemark_application;
