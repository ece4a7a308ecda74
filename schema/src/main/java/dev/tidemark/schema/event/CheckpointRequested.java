package dev.tidemark.schema.event;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The intent to create a checkpoint. An empty selection means every disk that can keep a bitmap. */
public record CheckpointRequested(
        MachineId machine,
        OperationId operation,
        CheckpointId checkpoint,
        CheckpointName name,
        Optional<CheckpointId> parent,
        List<DiskName> selection,
        Optional<String> description,
        Instant at)
        implements MachineEvent {
    public CheckpointRequested {
        selection = List.copyOf(selection);
    }
}
