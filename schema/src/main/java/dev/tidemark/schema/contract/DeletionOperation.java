package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.OperationId;
import java.util.List;

/** Delete a checkpoint: merge its bits into the one before it and remove it, on all disks in one transaction. */
public record DeletionOperation(OperationId id, BitmapName bitmap, List<BitmapDeletion> disks) implements Operation {
    public DeletionOperation {
        disks = List.copyOf(disks);
    }
}
