package dev.tidemark.schema.event;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The checkpoint's bitmap was seen recording on these disks, and its predecessor was seen not to record.
 *
 * @param crashCause came later: {@link Moment#crashCause}
 * @param configuration came later: empty in older logs
 */
public record CheckpointCreated(
        MachineId machine,
        OperationId operation,
        CheckpointId checkpoint,
        Consistency consistency,
        Optional<String> crashCause,
        List<TrackedDisk> disks,
        Optional<MachineConfiguration> configuration,
        Instant at)
        implements MachineEvent {
    public CheckpointCreated {
        disks = List.copyOf(disks);
    }

    /** Of a machine of which nothing more is told. */
    public CheckpointCreated(
            MachineId machine,
            OperationId operation,
            CheckpointId checkpoint,
            Consistency consistency,
            Optional<String> crashCause,
            List<TrackedDisk> disks,
            Instant at) {
        this(machine, operation, checkpoint, consistency, crashCause, disks, Optional.empty(), at);
    }

    /** Of which nobody asked more than it is. */
    public CheckpointCreated(
            MachineId machine,
            OperationId operation,
            CheckpointId checkpoint,
            Consistency consistency,
            List<TrackedDisk> disks,
            Instant at) {
        this(machine, operation, checkpoint, consistency, Optional.empty(), disks, at);
    }
}
