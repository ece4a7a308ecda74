package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What dispatch may do with the log: read a machine, and record what a gateway reports. */
public interface History {
    /** The machine as the log tells it now. */
    Machine machine(MachineId machine);

    /** How many events each registered machine has now; cheap enough to be asked every few seconds. */
    Map<MachineId, Long> versions();

    /**
     * Commits what follows from a report, if it was made under the epoch that the host of the machine has now.
     *
     * @param host of the machine, as far as this coordinator has heard
     * @return the version of the machine's log after it; empty if the machine is not registered (any more)
     * @throws FencedException if the epoch is another one; nothing was committed
     */
    OptionalLong record(Report report, Optional<HostName> host) throws FencedException;
}
