package dev.tidemark.coordinator.ledger;

/** A machine's state and the number of events that it is folded from. */
public record Replayed<S>(long version, S state) {}
