package dev.tidemark.coordinator.ledger;

import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.AggregateFactory;

/** Makes the shell that events are replayed into: from the state that the stream begins with if it does, else from nothing. */
record ShellFactory<S, C, E, R>(LedgerSettings<S, C, E, R> settings, LedgerWatch watch)
        implements AggregateFactory<MachineShell<S, C, E, R>> {
    MachineShell<S, C, E, R> empty(String aggregateId) {
        return new MachineShell<>(aggregateId, settings, settings.decisions().initial(aggregateId), 0);
    }

    MachineShell<S, C, E, R> remembered(String aggregateId, RecentStates.Remembered<?> remembered) {
        watch.began(LedgerWatch.Beginning.MEMORY);
        return new MachineShell<>(
                aggregateId,
                settings,
                settings.snapshots().stateType().cast(remembered.state()),
                remembered.sinceSnapshot());
    }

    @Override
    public MachineShell<S, C, E, R> createAggregateRoot(String aggregateId, DomainEventMessage<?> firstEvent) {
        Class<S> stateType = settings.snapshots().stateType();
        Object payload = firstEvent.getPayload();
        if (payload instanceof RecentStates.Remembered<?> remembered) {
            return remembered(aggregateId, remembered);
        }
        if (stateType.isInstance(payload)) {
            watch.began(LedgerWatch.Beginning.SNAPSHOT);
            return new MachineShell<>(aggregateId, settings, stateType.cast(payload), 0);
        }
        watch.began(LedgerWatch.Beginning.FIRST_EVENT);
        return empty(aggregateId);
    }

    @Override
    @SuppressWarnings("unchecked") // a class literal knows no type arguments
    public Class<MachineShell<S, C, E, R>> getAggregateType() {
        return (Class<MachineShell<S, C, E, R>>) (Class<?>) MachineShell.class;
    }
}
