/**
 * Between the log and the gateways: who has to be woken for which machine, what a gateway saw last, how far something is.
 *
 * <p>In: word of commits, reports, wishes for a look. Out: desired states, wake-ups. Never: decisions (those are
 * {@code chain}'s), SQL, sockets. Nothing here is durable: all of it is rebuilt from the log, the places that jobs were given, and the
 * next look.
 */
@NullMarked
package dev.tidemark.coordinator.dispatch;

import org.jspecify.annotations.NullMarked;
