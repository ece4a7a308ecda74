package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.GuestFreezeBegun;
import dev.tidemark.schema.event.GuestThawed;
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

    /** Whether the log learns something of the disks from this, so that what was refused may be tried with it. */
    boolean isLearnt() {
        return events.stream().anyMatch(event -> !(event instanceof GuestFreezeBegun || event instanceof GuestThawed));
    }

    boolean contains(Class<? extends MachineEvent> type) {
        return events.stream().anyMatch(type::isInstance);
    }
}
