package dev.tidemark.coordinator.ledger;

import java.util.List;
import org.axonframework.eventhandling.DomainEventMessage;

/** What a command appends to its machine, if the log ends as the state did on which that was decided. */
record Proposal(String aggregateId, UnitNotes.End behind, List<DomainEventMessage<?>> events) {
    Proposal {
        events = List.copyOf(events);
    }
}
