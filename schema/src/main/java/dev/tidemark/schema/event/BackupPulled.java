package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A pull backup was whole when its client said that it had read it: every export was there and every job that keeps what the guest
 * overwrites had run without an error until then. What the client made of it lies with the client, and nobody here has seen it.
 */
public record BackupPulled(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        Optional<CheckpointId> checkpoint,
        List<DiskName> disks,
        Instant at)
        implements MachineEvent {
    public BackupPulled {
        disks = List.copyOf(disks);
    }
}
