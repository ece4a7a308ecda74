package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;
import java.util.OptionalLong;

/**
 * What a checkpoint's bitmap was bound to: granularity and size in bytes, the top layer's file and the number of layers below.
 *
 * @param dirtyBytes what the bitmap marked when it was first seen: at least its canary, so that it can never again be seen with
 *     less. Empty if it marked nothing (there was no canary), and in events of before there were canaries
 */
public record TrackedDisk(
        DiskName disk, long granularity, long virtualSize, String file, int backingDepth, OptionalLong dirtyBytes) {
    /** With a bitmap that marked nothing. */
    public TrackedDisk(DiskName disk, long granularity, long virtualSize, String file, int backingDepth) {
        this(disk, granularity, virtualSize, file, backingDepth, OptionalLong.empty());
    }
}
