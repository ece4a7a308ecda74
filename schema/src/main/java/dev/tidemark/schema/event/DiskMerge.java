package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import java.util.Optional;

/** What a disk's file is to stand on instead of its parent: an older backup that the parent stands on, or nothing, which makes it full. */
public record DiskMerge(DiskName disk, BackupId parent, Optional<BackupId> onto) {}
