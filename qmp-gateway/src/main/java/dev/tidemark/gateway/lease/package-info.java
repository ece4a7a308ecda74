/**
 * The right to serve a host: who has it, until when, and that nobody acts without it.
 *
 * <p>In: the coordinator's answers to claims, this host's monotonic clock. Out: a term under which may be acted, and sessions and reports
 * that end with it. Never: the time of day, an assumption that a lease still holds, QMP of its own.
 */
@NullMarked
package dev.tidemark.gateway.lease;

import org.jspecify.annotations.NullMarked;
