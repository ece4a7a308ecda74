package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.util.List;

/**
 * One disk's chain, oldest first: all but the last must not record. {@code unwanted} names bitmaps that a recorded decision
 * removes. Size, file and depth are those last seen; any difference is told before anything is done.
 */
public record DesiredDisk(
        DiskName disk,
        long virtualSize,
        String file,
        int backingDepth,
        List<DesiredBitmap> chain,
        List<BitmapName> unwanted) {
    public DesiredDisk {
        chain = List.copyOf(chain);
        unwanted = List.copyOf(unwanted);
    }
}
