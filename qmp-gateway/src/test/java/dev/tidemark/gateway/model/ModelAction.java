package dev.tidemark.gateway.model;

import dev.tidemark.gateway.qmp.TransactionAction;

/** What a transaction may hold: all that production says, and what only strangers say. */
public sealed interface ModelAction {
    /** An action of production's vocabulary. */
    record Said(TransactionAction action) implements ModelAction {}

    /** {@code block-dirty-bitmap-clear}. */
    record BitmapClear(String node, String name) implements ModelAction {}

    /** {@code blockdev-snapshot}: the overlay, opened without a backing layer, goes on top of the node. */
    record Snapshot(String node, String overlay) implements ModelAction {}

    /** {@code abort}: fails, always. */
    record Abort() implements ModelAction {}
}
