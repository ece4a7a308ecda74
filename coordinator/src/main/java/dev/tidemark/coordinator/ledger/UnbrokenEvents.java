package dev.tidemark.coordinator.ledger;

import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;

/** A machine's events, each the next one after the one before. */
final class UnbrokenEvents implements DomainEventStream {
    private final DomainEventStream events;
    private final String aggregateId;
    private long next;

    UnbrokenEvents(DomainEventStream events, String aggregateId, long first) {
        this.events = events;
        this.aggregateId = aggregateId;
        this.next = first;
    }

    @Override
    public boolean hasNext() {
        return events.hasNext();
    }

    @Override
    public DomainEventMessage<?> next() {
        DomainEventMessage<?> event = peek();
        events.next();
        next++;
        return event;
    }

    @Override
    public DomainEventMessage<?> peek() {
        DomainEventMessage<?> event = events.peek();
        LedgerException.Incomplete.require(aggregateId, next, event.getSequenceNumber());
        return event;
    }

    @Override
    public Long getLastSequenceNumber() {
        return events.getLastSequenceNumber();
    }
}
