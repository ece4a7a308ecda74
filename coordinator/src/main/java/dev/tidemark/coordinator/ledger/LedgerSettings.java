package dev.tidemark.coordinator.ledger;

import java.util.List;
import java.util.function.ToLongFunction;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a ledger is made of.
 *
 * @param mapper reads and writes events and snapshots; must not use default typing
 * @param memory how many states are kept at hand
 * @param projections called in this order for each event
 */
public record LedgerSettings<S, C, E, R>(
        DecisionFunction<S, C, E, R> decisions,
        Class<E> eventType,
        EventTypes types,
        JsonMapper mapper,
        Snapshots<S> snapshots,
        Memory<S> memory,
        List<Projection<E>> projections) {
    public LedgerSettings {
        projections = List.copyOf(projections);
    }

    /** The same, with no state at hand: each is folded from what is stored. */
    public LedgerSettings<S, C, E, R> forgetful() {
        return new LedgerSettings<>(decisions, eventType, types, mapper, snapshots, Memory.none(), projections);
    }

    /**
     * How state is kept for fast loading. A snapshot under another name is not read: a new shape of the state gets a new
     * name, and old snapshots are simply passed over.
     *
     * @param type for example {@code machine-snapshot.v1}
     * @param every after how many events that had to be replayed or were appended a new one is written
     */
    public record Snapshots<S>(String type, Class<S> stateType, int every) {}

    /**
     * How many states a ledger keeps at hand, so that it need not fold them for each command. Each is compared with the log before it is
     * used.
     *
     * @param entriesMax so many machines at most; none if 0
     * @param weightMax all of them together weigh no more than this
     * @param weight what one weighs, in whatever unit
     */
    public record Memory<S>(int entriesMax, long weightMax, ToLongFunction<S> weight) {
        /** Every command folds. */
        public static <S> Memory<S> none() {
            return new Memory<>(0, 0, state -> 1);
        }
    }
}
