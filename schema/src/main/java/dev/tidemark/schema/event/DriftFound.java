package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.time.Instant;
import java.util.Optional;

/**
 * QEMU or the repository holds something that no intent explains, or misses something harmless. Written once a thing.
 */
public record DriftFound(
        MachineId machine,
        DriftKind kind,
        Optional<DiskName> disk,
        String subject,
        String detail,
        DriftAction action,
        Instant at)
        implements MachineEvent {
    public DriftFound {
        subject = Prose.of(subject);
        detail = Prose.of(detail);
    }
}
