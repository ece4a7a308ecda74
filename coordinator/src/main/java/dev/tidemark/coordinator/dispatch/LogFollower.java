package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.MachineId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keeps the machines as the log tells them, whoever wrote it and however the word of it came or was lost. */
final class LogFollower {
    private final Known known;
    private final History history;
    private final List<Consumer<MachineId>> listeners = new CopyOnWriteArrayList<>();

    LogFollower(Known known, History history) {
        this.known = known;
        this.history = history;
    }

    void onHeard(Consumer<MachineId> listener) {
        listeners.add(listener);
    }

    void track(Machine machine) {
        known.change(() -> known.advance(machine));
    }

    void committed(MachineId id, long version, List<MachineEvent> events) {
        Optional<Machine> before = known.machine(id);
        Machine now;
        if (before.isPresent() && before.get().version() == version - events.size()) {
            now = before.get();
            for (MachineEvent event : events) {
                now = now.evolve(event);
            }
        } else if (before.isPresent() && before.get().version() >= version) {
            return;
        } else {
            now = history.machine(id);
        }
        track(now);
    }

    void catchUp() {
        Map<MachineId, Long> versions = history.versions();
        versions.forEach(this::heard);
        for (MachineId id : registered()) {
            if (!versions.containsKey(id)) {
                track(history.machine(id));
            }
        }
    }

    void heard(MachineId id, long version) {
        if (known.machine(id).map(Machine::version).orElse(0L) < version) {
            track(history.machine(id));
            listeners.forEach(listener -> listener.accept(id));
        }
    }

    List<MachineId> registered() {
        return known.under(() -> known.machines().registered().map(Machine::id).toList());
    }

    Machine machine(MachineId id) {
        return known.machine(id).orElseGet(() -> history.machine(id));
    }

    /**
     * The machine at this version or a later one. Word of a commit can be missed: it was another coordinator's, its answer was
     * lost, or reading failed just then. A gateway that went on with what is cached would report at a version from which
     * nothing is concluded, for ever.
     */
    Machine atLeast(MachineId id, long version) {
        Machine now = machine(id);
        if (now.version() >= version) {
            return now;
        }
        track(history.machine(id));
        return machine(id);
    }
}
