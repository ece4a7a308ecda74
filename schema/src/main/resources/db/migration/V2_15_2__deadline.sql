-- When a backup is to have ended.
ALTER TABLE tidemark.backup ADD COLUMN deadline timestamptz;
