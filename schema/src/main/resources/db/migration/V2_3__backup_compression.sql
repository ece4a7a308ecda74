-- Backups from before were not compressed.
ALTER TABLE tidemark.backup ADD COLUMN compression text CHECK (compression = 'ZSTD');
