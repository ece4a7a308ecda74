package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;

/**
 * One checkpoint's place in one disk's chain, with what its bitmap was bound to when it was created: granularity and size
 * in bytes, the top layer's file, the number of layers below (hazards S1 and S5).
 */
public record Link(CheckpointId checkpoint, long granularity, long virtualSize, String file, int backingDepth) {
    /** The bitmap that stands for it. */
    public BitmapName bitmap() {
        return BitmapName.of(checkpoint);
    }
}
