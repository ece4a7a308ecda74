package dev.tidemark.schema.event;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;

/** The checkpoint that is created in the backup's own transaction, so that its moment is the backup's moment. */
public record BackupCheckpoint(CheckpointId id, CheckpointName name) {}
