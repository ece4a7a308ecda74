package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import java.util.Optional;

/** How one disk is backed up: incremental since a checkpoint on top of a parent backup, or full with the cause. */
public record DiskPlan(
        DiskName disk,
        BackupKind kind,
        Optional<CheckpointId> since,
        Optional<BackupId> parent,
        Optional<FullCause> cause,
        String detail) {
    public DiskPlan {
        detail = Prose.of(detail);
    }
}
