/**
 * Where a crash is worth a test: before and after every durable or external step.
 *
 * <p>In: nothing. Out: the list of points, and a hook that does nothing unless a test or a drill arms it. Never: a decision of
 * production code.
 */
@NullMarked
package dev.tidemark.gateway.crash;

import org.jspecify.annotations.NullMarked;
