/**
 * The stream of events: the log as it grows, told to whoever stays on the line (Server-Sent Events).
 *
 * <p>In: a position in the log, a filter, a connection. Out: every committed event behind the position, once and in order; how far
 * operations are. Never: an event that could be overtaken by one with a smaller index, a line kept for a reader that does not
 * read, SQL.
 */
@NullMarked
package dev.tidemark.coordinator.api.stream;

import org.jspecify.annotations.NullMarked;
