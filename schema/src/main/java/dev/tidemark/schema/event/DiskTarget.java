package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.TargetAddress;

/** Where one disk's content goes that does not go to a file. */
public record DiskTarget(DiskName disk, TargetAddress address) {}
