-- When a backup was last restored for a look, and came out as a second reading has it.
ALTER TABLE tidemark.backup ADD COLUMN deep_verified_at timestamptz;
