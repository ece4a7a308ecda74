package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.DiskFacts;
import java.util.List;

/** A writable disk and every bitmap on its top node, ours and others'. */
public record ObservedDisk(DiskFacts facts, List<ObservedBitmap> bitmaps) {
    public ObservedDisk {
        bitmaps = List.copyOf(bitmaps);
    }
}
