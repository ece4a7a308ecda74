-- Each backup that is shown lists those of it that are open.
CREATE INDEX export_open_of_backup ON tidemark.export (backup) WHERE ended_at IS NULL;
