package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.OperationId;
import java.util.List;

/** Create a checkpoint: on each disk add the bitmap and disable the one before it, all in one transaction. */
public record CheckpointOperation(OperationId id, BitmapName bitmap, List<NewBitmap> disks) implements Operation {
    public CheckpointOperation {
        disks = List.copyOf(disks);
    }
}
