-- Each record carries a digest over all of itself and over the digest of the machine's record before it, worked out here, in
-- the transaction that appends. Whoever changes a record without working out everything behind it anew is found by reading;
-- whoever does work it out anew is found by the signed heads, which lie outside of this database.
--
-- The digest is SHA-256 over 'tidemark-record.v1', then each column in the order below as <length in bytes>:<text> in UTF-8
-- and a NULL as -, then the 32 bytes of the digest before; none for a machine's first record. The length first, so that
-- nothing can be moved from one column to its neighbour.
DO $$
BEGIN
    IF getdatabaseencoding() <> 'UTF8' THEN
        RAISE EXCEPTION 'the encoding of the database is %, and the log needs UTF8', getdatabaseencoding()
            USING HINT = 'Make a database with ENCODING ''UTF8'', and restore a dump of this one there.';
    END IF;
END
$$;

ALTER TABLE tidemark.domain_event_entry ADD COLUMN record_hash bytea;

-- Functions by their schema, and no operator that a search_path could turn into another one. One expression, because each
-- function of ours in it would cost more than all the rest.
CREATE FUNCTION tidemark.chain_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    previous pg_catalog.bytea := pg_catalog.decode('', 'hex');
BEGIN
    IF NEW.sequence_number OPERATOR(pg_catalog.>) 0 THEN
        SELECT entry.record_hash INTO previous
          FROM tidemark.domain_event_entry AS entry
         WHERE entry.aggregate_identifier OPERATOR(pg_catalog.=) NEW.aggregate_identifier
           AND entry.sequence_number OPERATOR(pg_catalog.=) (NEW.sequence_number OPERATOR(pg_catalog.-) 1);
        IF previous IS NULL THEN
            RAISE EXCEPTION 'record % of % does not follow on any record',
                NEW.sequence_number, NEW.aggregate_identifier USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    -- Whatever came with the row: the digest is worked out, not taken over.
    NEW.record_hash := pg_catalog.sha256(pg_catalog.byteacat(pg_catalog.convert_to(pg_catalog.concat(
        'tidemark-record.v1',
        pg_catalog.octet_length(NEW.global_index::pg_catalog.text), ':', NEW.global_index,
        pg_catalog.octet_length(NEW.transaction_id::pg_catalog.text), ':', NEW.transaction_id,
        pg_catalog.octet_length(NEW.event_identifier), ':', NEW.event_identifier,
        pg_catalog.octet_length(NEW.aggregate_identifier), ':', NEW.aggregate_identifier,
        pg_catalog.octet_length(NEW.sequence_number::pg_catalog.text), ':', NEW.sequence_number,
        pg_catalog.octet_length(NEW.type), ':', NEW.type,
        pg_catalog.octet_length(NEW.time_stamp), ':', NEW.time_stamp,
        pg_catalog.octet_length(NEW.payload_type), ':', NEW.payload_type,
        CASE WHEN NEW.payload_revision IS NULL THEN '-' ELSE pg_catalog.concat(
            pg_catalog.octet_length(NEW.payload_revision), ':', NEW.payload_revision) END,
        pg_catalog.octet_length(NEW.payload::pg_catalog.text), ':', NEW.payload,
        pg_catalog.octet_length(NEW.meta_data::pg_catalog.text), ':', NEW.meta_data), 'UTF8'), previous));
    RETURN NEW;
END
$$;

CREATE TRIGGER record_is_chained
    BEFORE INSERT ON tidemark.domain_event_entry
    FOR EACH ROW EXECUTE FUNCTION tidemark.chain_record();

ALTER TABLE tidemark.domain_event_entry ENABLE ALWAYS TRIGGER record_is_chained;

-- What was appended before is chained now, in its order; what it held until this moment is taken as it is.
ALTER TABLE tidemark.domain_event_entry DISABLE TRIGGER history_is_not_rewritten;
CREATE TRIGGER record_is_chained_late
    BEFORE UPDATE ON tidemark.domain_event_entry
    FOR EACH ROW EXECUTE FUNCTION tidemark.chain_record();
DO $$
DECLARE
    place bigint;
BEGIN
    FOR place IN SELECT global_index FROM tidemark.domain_event_entry ORDER BY global_index LOOP
        UPDATE tidemark.domain_event_entry SET record_hash = NULL WHERE global_index = place;
    END LOOP;
END
$$;
DROP TRIGGER record_is_chained_late ON tidemark.domain_event_entry;
ALTER TABLE tidemark.domain_event_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten;

ALTER TABLE tidemark.domain_event_entry
    ALTER COLUMN record_hash SET NOT NULL,
    ADD CONSTRAINT record_hash_is_sha256 CHECK (octet_length(record_hash) = 32);
