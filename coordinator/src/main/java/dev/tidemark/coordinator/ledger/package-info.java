/**
 * The event log: the only place that knows Axon, and the only one that appends.
 *
 * <p>In: commands, and the pure functions that decide on them and fold events. Out: appended events, replayed state, and
 * word of every commit. Never: a decision of its own, input or output inside a transaction other than the database's, or
 * an Axon type in a signature that other rooms see.
 */
@NullMarked
package dev.tidemark.coordinator.ledger;

import org.jspecify.annotations.NullMarked;
