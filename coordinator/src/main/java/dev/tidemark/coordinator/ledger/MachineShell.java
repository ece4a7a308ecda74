package dev.tidemark.coordinator.ledger;

import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateRoot;

/**
 * What Axon takes for the aggregate. It holds the state and passes every event to the pure core; it decides nothing.
 * A snapshot is the bare state, see {@link SnapshotForm}.
 */
@AggregateRoot(type = MachineShell.TYPE)
final class MachineShell<S, C, E, R> {
    static final String TYPE = "machine";

    @AggregateIdentifier
    private final String aggregateId;

    private final LedgerSettings<S, C, E, R> settings;
    private S state;
    private int sinceSnapshot;

    MachineShell(String aggregateId, LedgerSettings<S, C, E, R> settings, S state, int sinceSnapshot) {
        this.aggregateId = aggregateId;
        this.settings = settings;
        this.state = state;
        this.sinceSnapshot = sinceSnapshot;
    }

    String aggregateId() {
        return aggregateId;
    }

    S state() {
        return state;
    }

    /** How many events were folded that no snapshot has. */
    int sinceSnapshot() {
        return sinceSnapshot;
    }

    Decision<E, R> decide(C command) {
        return settings.decisions().decide(command, state);
    }

    @EventSourcingHandler
    void on(Object event) {
        // Axon also shows the aggregate the state that it was made from.
        if (!isState(event)) {
            state = evolved(settings.eventType().cast(event));
            sinceSnapshot++;
        }
    }

    private boolean isState(Object payload) {
        return payload instanceof RecentStates.Remembered<?>
                || settings.snapshots().stateType().isInstance(payload);
    }

    private S evolved(E event) {
        try {
            return settings.decisions().evolve(state, event);
        } catch (RuntimeException failure) {
            throw new FoldFailed(failure);
        }
    }

    /** The pure core did not take an event; a history that cannot be folded is as bad as one that cannot be read. */
    static final class FoldFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FoldFailed(RuntimeException cause) {
            super(cause);
        }
    }
}
