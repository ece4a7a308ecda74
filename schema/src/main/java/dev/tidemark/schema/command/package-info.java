/**
 * What can be asked of a machine. Ids and times come in with the command, because the core that decides knows neither
 * clock nor randomness.
 *
 * <p>In: ids and plain values. Out: immutable records. Never: behaviour.
 */
@NullMarked
package dev.tidemark.schema.command;

import org.jspecify.annotations.NullMarked;
