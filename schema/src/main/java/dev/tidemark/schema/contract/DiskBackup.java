package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.TargetAddress;
import java.util.List;
import java.util.Optional;

/**
 * One disk's part. {@code merge} lists the bitmaps whose union is what changed since the base, oldest first; empty for a full
 * backup. {@code previous} is disabled when the checkpoint's bitmap is added; {@code tracked} tells whether that is added at all.
 *
 * @param target where it goes, if that is no file in the repository
 */
public record DiskBackup(
        DiskPlan plan,
        boolean tracked,
        Optional<BitmapName> previous,
        List<BitmapName> merge,
        Optional<TargetAddress> target) {
    public DiskBackup {
        merge = List.copyOf(merge);
    }

    /** Into a file. */
    public DiskBackup(DiskPlan plan, boolean tracked, Optional<BitmapName> previous, List<BitmapName> merge) {
        this(plan, tracked, previous, merge, Optional.empty());
    }
}
