package dev.tidemark.coordinator.ledger;

import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.AggregateFactory;

/** Makes the shell that events are replayed into: from a snapshot if the stream begins with one, else from nothing. */
record ShellFactory<S, C, E, R>(LedgerSettings<S, C, E, R> settings, LedgerWatch watch)
        implements AggregateFactory<MachineShell<S, C, E, R>> {
    MachineShell<S, C, E, R> empty(String aggregateId) {
        return new MachineShell<>(aggregateId, settings, settings.decisions().initial(aggregateId));
    }

    @Override
    public MachineShell<S, C, E, R> createAggregateRoot(String aggregateId, DomainEventMessage<?> firstEvent) {
        Class<S> stateType = settings.snapshots().stateType();
        Object payload = firstEvent.getPayload();
        watch.began(stateType.isInstance(payload));
        return stateType.isInstance(payload)
                ? new MachineShell<>(aggregateId, settings, stateType.cast(payload))
                : empty(aggregateId);
    }

    @Override
    @SuppressWarnings("unchecked") // a class literal knows no type arguments
    public Class<MachineShell<S, C, E, R>> getAggregateType() {
        return (Class<MachineShell<S, C, E, R>>) (Class<?>) MachineShell.class;
    }
}
