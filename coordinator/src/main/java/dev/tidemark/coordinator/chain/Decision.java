package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.MachineEvent;
import java.util.List;

/** What the core says to a command. It changes nothing: state moves only when the events are applied. */
public sealed interface Decision {
    /** These events follow, in this order; none, if what was asked is so already. */
    record Accepted(List<MachineEvent> events) implements Decision {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    /** Nothing follows, for this reason. */
    record Rejected(Rejection rejection) implements Decision {}

    /** Accepted, with these events. */
    static Decision accepted(MachineEvent... events) {
        return new Accepted(List.of(events));
    }

    /** Rejected, for this reason. */
    static Decision rejected(Rejection rejection) {
        return new Rejected(rejection);
    }
}
