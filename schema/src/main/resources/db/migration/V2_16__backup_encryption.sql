-- How a backup's file is encrypted, and which key opens it.
ALTER TABLE tidemark.backup_disk ADD COLUMN encryption text;
ALTER TABLE tidemark.backup_disk ADD COLUMN encryption_key text;
