package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.id.MachineId;
import java.util.Map;
import java.util.OptionalLong;

/** What dispatch may do with the log: read a machine, and record what a gateway reports. */
public interface History {
    /** The machine as the log tells it now. */
    Machine machine(MachineId machine);

    /** How many events each registered machine has now; cheap enough to be asked every few seconds. */
    Map<MachineId, Long> versions();

    /**
     * Commits what follows from a report.
     *
     * @return the version of the machine's log after it; empty if the machine is not registered (any more)
     */
    OptionalLong record(Report report);
}
