package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.id.BitmapName;
import java.util.List;
import java.util.Optional;

/**
 * One disk's part. {@code merge} lists the bitmaps whose union is what changed since the base, oldest first; empty for a full
 * backup. {@code previous} is disabled when the checkpoint's bitmap is added; {@code tracked} tells whether that is added at all.
 */
public record DiskBackup(DiskPlan plan, boolean tracked, Optional<BitmapName> previous, List<BitmapName> merge) {
    public DiskBackup {
        merge = List.copyOf(merge);
    }
}
