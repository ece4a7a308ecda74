-- One more kind of operation, beside those that the migrations before know.
DO $$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE conname = 'operation_kind_check' AND conrelid = 'tidemark.operation'::regclass);
BEGIN
    ALTER TABLE tidemark.operation DROP CONSTRAINT operation_kind_check;
    EXECUTE 'ALTER TABLE tidemark.operation ADD CONSTRAINT operation_kind_check CHECK (kind = ''ABORT_OPERATION'' OR '
        || substring(known FROM '^CHECK (.*)$') || ')';
END
$$;
