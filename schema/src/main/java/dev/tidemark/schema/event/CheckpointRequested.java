package dev.tidemark.schema.event;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The intent to create a checkpoint. An empty selection means every disk that can keep a bitmap.
 *
 * @param quiesce came later: whether the guest's file systems are to be frozen at the moment; empty in older logs, which froze none
 */
public record CheckpointRequested(
        MachineId machine,
        OperationId operation,
        CheckpointId checkpoint,
        CheckpointName name,
        Optional<CheckpointId> parent,
        List<DiskName> selection,
        Optional<String> description,
        Optional<Boolean> quiesce,
        Instant at)
        implements MachineEvent {
    public CheckpointRequested {
        selection = List.copyOf(selection);
    }
}
