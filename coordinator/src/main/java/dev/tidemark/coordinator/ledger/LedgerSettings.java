package dev.tidemark.coordinator.ledger;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a ledger is made of.
 *
 * @param mapper reads and writes events and snapshots; must not use default typing
 * @param projections called in this order for each event
 */
public record LedgerSettings<S, C, E, R>(
        DecisionFunction<S, C, E, R> decisions,
        Class<E> eventType,
        EventTypes types,
        JsonMapper mapper,
        Snapshots<S> snapshots,
        List<Projection<E>> projections) {
    public LedgerSettings {
        projections = List.copyOf(projections);
    }

    /**
     * How state is kept for fast loading. A snapshot under another name is not read: a new shape of the state gets a new
     * name, and old snapshots are simply passed over.
     *
     * @param type for example {@code machine-snapshot.v1}
     * @param every after how many events that had to be replayed or were appended a new one is written
     */
    public record Snapshots<S>(String type, Class<S> stateType, int every) {}
}
