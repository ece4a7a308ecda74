/**
 * The only writer of history. This package holds the wiring; the rooms below it hold the work.
 *
 * <p>In: commands and reports. Out: events, desired states and answers. Never: a QMP message.
 */
@NullMarked
package dev.tidemark.coordinator;

import org.jspecify.annotations.NullMarked;
