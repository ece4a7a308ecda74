-- Backups that stand beside the chains.
ALTER TABLE tidemark.backup DROP CONSTRAINT backup_request_check;
ALTER TABLE tidemark.backup ADD CONSTRAINT backup_request_check
    CHECK (request IN ('AUTO', 'FULL', 'SINCE', 'COPY', 'DIFFERENTIAL'));
