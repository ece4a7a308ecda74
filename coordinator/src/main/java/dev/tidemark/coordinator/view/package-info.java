/**
 * What readers ask for, kept in SQL and derived from the log alone.
 *
 * <p>In: committed-to-be events with their version and metadata, on the connection of the transaction that appends them;
 * questions. Out: rows; records in the JSON shapes of the public interface. Never: a decision, a clock, randomness, an
 * own transaction while events are applied, knowledge of HTTP or of QEMU.
 */
@NullMarked
package dev.tidemark.coordinator.view;

import org.jspecify.annotations.NullMarked;
