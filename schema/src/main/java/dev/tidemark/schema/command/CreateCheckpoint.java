package dev.tidemark.schema.command;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Create a checkpoint over the selected disks; an empty selection means all that can keep a bitmap. {@code quiesce}: frozen or not at all. */
public record CreateCheckpoint(
        MachineId machine,
        OperationId operation,
        CheckpointId checkpoint,
        CheckpointName name,
        List<DiskName> selection,
        Optional<String> description,
        boolean quiesce,
        Instant askedAt)
        implements MachineCommand {
    public CreateCheckpoint {
        selection = List.copyOf(selection);
    }

    /** Of a guest that is left alone. */
    public CreateCheckpoint(
            MachineId machine,
            OperationId operation,
            CheckpointId checkpoint,
            CheckpointName name,
            List<DiskName> selection,
            Optional<String> description,
            Instant askedAt) {
        this(machine, operation, checkpoint, name, selection, description, false, askedAt);
    }
}
