package dev.tidemark.coordinator.monitor.metrics;

import dev.tidemark.coordinator.chain.Conclusion;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.dispatch.Standing;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.MachineId;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What of each machine differs from the log, by its last look; worked out anew only where there was another look or another event. */
final class DriftCounts {
    private Map<MachineId, Counted> known = Map.of();

    private record Counted(long version, Sight sight, Map<DriftKind, Integer> kinds) {
        /** The very same look: comparing what two looks saw costs as much as judging one. */
        @SuppressWarnings("ReferenceEquality")
        boolean isOf(Machine machine, Sight seen) {
            return version == machine.version() && sight == seen;
        }
    }

    /** Nothing of a machine that nobody can look at now: what was seen before says nothing of it. */
    synchronized Map<MachineId, Map<DriftKind, Integer>> of(List<Standing.Seen> machines) {
        Map<MachineId, Counted> now = new HashMap<>();
        Map<MachineId, Map<DriftKind, Integer>> kinds = new HashMap<>();
        for (Standing.Seen seen : machines) {
            if (seen.sighting().sight() instanceof Sight.Observed sight) {
                Machine machine = seen.machine();
                Counted before = known.get(machine.id());
                Counted counted = before != null && before.isOf(machine, sight)
                        ? before
                        : new Counted(machine.version(), sight, count(machine, sight));
                now.put(machine.id(), counted);
                kinds.put(machine.id(), counted.kinds());
            }
        }
        known = now;
        return kinds;
    }

    private static Map<DriftKind, Integer> count(Machine machine, Sight.Observed sight) {
        Map<DriftKind, Integer> kinds = new EnumMap<>(DriftKind.class);
        for (MachineEvent event : Conclusion.differences(machine, sight, Instant.EPOCH)) {
            if (event instanceof DriftFound found) {
                kinds.merge(found.kind(), 1, Integer::sum);
            }
        }
        return kinds;
    }
}
