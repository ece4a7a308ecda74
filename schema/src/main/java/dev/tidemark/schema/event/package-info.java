/**
 * What happened, as the log keeps it for ever.
 *
 * <p>In: ids and plain values. Out: immutable records, each stored under an explicit versioned name (see
 * {@code dev.tidemark.schema.json}) with a golden file that is added and never edited. Never: behaviour, clocks, QEMU's
 * prose as something to branch on.
 */
@NullMarked
package dev.tidemark.schema.event;

import org.jspecify.annotations.NullMarked;
