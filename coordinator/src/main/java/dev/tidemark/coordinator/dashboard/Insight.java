package dev.tidemark.coordinator.dashboard;

import dev.tidemark.schema.id.MachineId;
import java.util.List;
import java.util.Optional;

/** What the coordinator holds in memory of its machines: their logs, folded, beside what gateways saw last. Nothing here asks QEMU. */
public interface Insight {
    /** Every registered machine, in no order. */
    List<MachineInsight> machines();

    /** One registered machine. */
    Optional<MachineInsight> machine(MachineId machine);

    /** What the log says that QEMU should hold, beside what it was seen to hold. */
    Optional<Comparison> comparison(MachineId machine);
}
