package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.MachineEvent;
import java.util.ArrayList;
import java.util.List;

/** The events that one report leads to, and the machine as it is after each of them. Lives for one conclusion. */
final class Unfolding {
    private final Machine before;
    private final List<MachineEvent> events = new ArrayList<>();
    private Machine now;

    Unfolding(Machine machine) {
        before = machine;
        now = machine;
    }

    void append(MachineEvent event) {
        events.add(event);
        now = now.evolve(event);
    }

    /** As the log had it when the report came in. */
    Machine before() {
        return before;
    }

    /** With everything appended so far. */
    Machine now() {
        return now;
    }

    List<MachineEvent> events() {
        return List.copyOf(events);
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    boolean contains(Class<? extends MachineEvent> type) {
        return events.stream().anyMatch(type::isInstance);
    }
}
