package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;

/**
 * What a checkpoint's bitmap was bound to: granularity and size in bytes, the top layer's file and the number of layers below.
 */
public record TrackedDisk(DiskName disk, long granularity, long virtualSize, String file, int backingDepth) {}
