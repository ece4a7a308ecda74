-- What the machine was at the moment of a checkpoint and of a backup: the QEMU and every disk.
ALTER TABLE tidemark.checkpoint ADD COLUMN configuration jsonb;
ALTER TABLE tidemark.backup ADD COLUMN configuration jsonb;
