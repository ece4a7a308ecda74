package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.DiskFacts;
import java.util.List;
import java.util.Optional;

/** A writable disk, every bitmap on its top node, ours and others', and what the gateway can vouch for about its image. */
public record ObservedDisk(DiskFacts facts, List<ObservedBitmap> bitmaps, Optional<ImageEvidence> image) {
    public ObservedDisk {
        bitmaps = List.copyOf(bitmaps);
    }

    /** Nobody vouches for the image. */
    public ObservedDisk(DiskFacts facts, List<ObservedBitmap> bitmaps) {
        this(facts, bitmaps, Optional.empty());
    }
}
