package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.time.Instant;
import java.util.Optional;

/** A state that was told as drift has passed by itself or by somebody's hand. If it comes again, it is told again. */
public record DriftGone(MachineId machine, DriftKind kind, Optional<DiskName> disk, String subject, Instant at)
        implements MachineEvent {
    public DriftGone {
        subject = Prose.of(subject);
    }
}
