-- What the moment of a checkpoint and of a backup is worth, and why it is not worth what was asked for.
ALTER TABLE tidemark.checkpoint ADD COLUMN crash_cause text;
ALTER TABLE tidemark.backup ADD COLUMN consistency text CHECK (consistency IN ('CRASH', 'FILESYSTEM'));
ALTER TABLE tidemark.backup ADD COLUMN crash_cause text;
