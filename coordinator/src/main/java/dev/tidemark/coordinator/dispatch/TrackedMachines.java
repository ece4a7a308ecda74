package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The machines of a coordinator in the order in which something about them changed, so that a gateway is told what is new without a
 * look at all of them. A cursor is a place in that order; one of another coordinator's life is before the beginning.
 *
 * <p>Not safe for threads: {@link Dispatch} holds its lock.
 */
final class TrackedMachines {
    private final SequencedMap<MachineId, Tracked> byChange = new LinkedHashMap<>();
    private final String epoch;
    private long changes;

    TrackedMachines(String epoch) {
        this.epoch = epoch;
    }

    Optional<Tracked> of(MachineId id) {
        return Optional.ofNullable(byChange.get(id));
    }

    Stream<Tracked> all() {
        return byChange.values().stream();
    }

    Stream<Machine> registered() {
        return all().map(Tracked::machine).filter(Machine::registered);
    }

    /** Takes one up, or notes that something about it changed. */
    void touch(Tracked tracked, long nowNanoseconds) {
        tracked.changedAt(++changes, nowNanoseconds);
        byChange.putLast(tracked.machine().id(), tracked);
    }

    /** The machines on a host that changed behind a place, in that order. */
    List<Tracked> changedSince(HostName host, long place) {
        List<Tracked> changed = new ArrayList<>();
        for (Map.Entry<MachineId, Tracked> newest : byChange.reversed().entrySet()) {
            Tracked tracked = newest.getValue();
            if (tracked.change() <= place) {
                break;
            }
            if (tracked.isOn(host)) {
                changed.add(tracked);
            }
        }
        Collections.reverse(changed);
        return changed;
    }

    /** Behind everything so far. */
    String cursor() {
        return epoch + ":" + changes;
    }

    long place(@Nullable String cursor) {
        if (cursor == null || !cursor.startsWith(epoch + ":")) {
            return 0;
        }
        try {
            return Long.parseLong(cursor.substring(epoch.length() + 1));
        } catch (NumberFormatException malformed) {
            // A cursor that is not ours is like none: the gateway gets everything.
            return 0;
        }
    }
}
