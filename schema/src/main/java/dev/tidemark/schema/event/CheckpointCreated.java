package dev.tidemark.schema.event;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;

/** The checkpoint's bitmap was seen recording on these disks, and its predecessor was seen not to record. */
public record CheckpointCreated(
        MachineId machine,
        OperationId operation,
        CheckpointId checkpoint,
        Consistency consistency,
        List<TrackedDisk> disks,
        Instant at)
        implements MachineEvent {
    public CheckpointCreated {
        disks = List.copyOf(disks);
    }
}
