package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.OperationId;
import java.util.List;

/** Create a checkpoint: on each disk add the bitmap and disable the one before it, all in one transaction, of a frozen guest if {@code quiesce}. */
public record CheckpointOperation(OperationId id, BitmapName bitmap, List<NewBitmap> disks, boolean quiesce)
        implements Operation {
    public CheckpointOperation {
        disks = List.copyOf(disks);
    }

    /** Of a guest that is left alone. */
    public CheckpointOperation(OperationId id, BitmapName bitmap, List<NewBitmap> disks) {
        this(id, bitmap, disks, false);
    }
}
