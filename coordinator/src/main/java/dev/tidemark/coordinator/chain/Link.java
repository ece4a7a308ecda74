package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import java.util.OptionalLong;

/**
 * One checkpoint's place in one disk's chain, with what its bitmap was bound to when it was created: granularity and size
 * in bytes, the top layer's file, the number of layers below (hazards S1 and S5).
 *
 * @param dirtyBytesMin what the bitmap marked when it was first seen; whoever marks less is another bitmap, or was cut
 */
public record Link(
        CheckpointId checkpoint,
        long granularity,
        long virtualSize,
        String file,
        int backingDepth,
        OptionalLong dirtyBytesMin) {
    /** The bitmap that stands for it. */
    public BitmapName bitmap() {
        return BitmapName.of(checkpoint);
    }

    /** After the bits of another bitmap were merged into this one's: it marks at least what either marked. */
    Link withBitsOf(Link other) {
        OptionalLong larger =
                other.dirtyBytesMin.orElse(0) > dirtyBytesMin.orElse(0) ? other.dirtyBytesMin : dirtyBytesMin;
        return new Link(checkpoint, granularity, virtualSize, file, backingDepth, larger);
    }
}
