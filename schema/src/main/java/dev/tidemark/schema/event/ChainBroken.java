package dev.tidemark.schema.event;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.time.Instant;
import java.util.List;

/**
 * These checkpoints can no longer be the base of an incremental backup of this disk. The next backup of the disk falls back to a
 * newer checkpoint or to a full one, and gives this cause.
 */
public record ChainBroken(
        MachineId machine, DiskName disk, BreakCause cause, String detail, List<CheckpointId> checkpoints, Instant at)
        implements MachineEvent {
    public ChainBroken {
        detail = Prose.of(detail);
        checkpoints = List.copyOf(checkpoints);
    }
}
