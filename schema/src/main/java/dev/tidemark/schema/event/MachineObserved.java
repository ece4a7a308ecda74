package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import java.time.Instant;
import java.util.List;

/** What QEMU was seen to be, written whenever it differs from what was seen before. Holds every disk. */
public record MachineObserved(MachineId machine, QemuFacts qemu, List<DiskFacts> disks, Instant at)
        implements MachineEvent {
    public MachineObserved {
        disks = List.copyOf(disks);
    }
}
