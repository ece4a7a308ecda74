package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.id.HostName;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How everything stands at one moment, as far as this coordinator has heard.
 *
 * @param machines those that are registered
 * @param gateways when a gateway of each host was last heard of: of those that ask, and of those that were asked for
 * @param waiting jobs that have no place yet
 * @param atWork operations of which a gateway has told how far they are
 * @param stalled those of them that stand still for longer than they may
 */
public record Standing(List<Seen> machines, Map<HostName, Instant> gateways, int waiting, int atWork, int stalled) {
    /** A machine and what was seen of it last. */
    public record Seen(Machine machine, Sighting sighting) {}

    public Standing {
        machines = List.copyOf(machines);
        gateways = Map.copyOf(gateways);
    }
}
