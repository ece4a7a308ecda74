package dev.tidemark.coordinator.ledger;

/**
 * The pure functions that the ledger is driven by. No clock, no randomness, no input or output: they are called again
 * for each conflict and for each replay, and must say the same each time.
 */
public interface DecisionFunction<S, C, E, R> {
    /** The machine that the command is about. */
    String aggregateOf(C command);

    S initial(String aggregateId);

    Decision<E, R> decide(C command, S state);

    S evolve(S state, E event);
}
