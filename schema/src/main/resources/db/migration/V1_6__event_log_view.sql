-- The log as an auditor asks for it: moments as moments, payload and circumstances as jsonb.
--   SELECT * FROM tidemark.event_log WHERE payload @> '{"name": "nightly"}' ORDER BY global_index;
CREATE VIEW tidemark.event_log AS
SELECT global_index,
       event_identifier,
       aggregate_identifier,
       sequence_number,
       time_stamp::timestamptz AS recorded_at,
       payload_type            AS event_type,
       payload::jsonb          AS payload,
       meta_data::jsonb        AS metadata,
       transaction_id
  FROM tidemark.domain_event_entry;

GRANT SELECT ON tidemark.event_log TO tidemark_application;
