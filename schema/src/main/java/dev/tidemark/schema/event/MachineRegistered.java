package dev.tidemark.schema.event;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A machine came under protection.
 *
 * @param formers came later: whose leftovers are put away with its own; absent if there are none
 */
public record MachineRegistered(
        MachineId machine,
        MachineName name,
        HostName host,
        String qmpSocket,
        Optional<String> qgaSocket,
        Optional<List<FormerMachine>> formers,
        Instant at)
        implements MachineEvent {
    public MachineRegistered {
        formers = formers.map(List::copyOf);
    }

    /** Where nobody was before. */
    public MachineRegistered(
            MachineId machine,
            MachineName name,
            HostName host,
            String qmpSocket,
            Optional<String> qgaSocket,
            Instant at) {
        this(machine, name, host, qmpSocket, qgaSocket, Optional.empty(), at);
    }
}
