package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;

/** The backup stands on what it stood on, and holds what it held; {@code damaged} are files that were found not to be what they were. */
public record BackupMergeFailed(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        FailureCode code,
        String detail,
        List<DamagedDisk> damaged,
        Instant at)
        implements MachineEvent {
    public BackupMergeFailed {
        detail = Prose.of(detail);
        damaged = List.copyOf(damaged);
    }
}
