/**
 * Figures for Prometheus. What a figure is called, and how many series there can be of it, is said in {@code docs/operations.md}.
 *
 * <p>In: how long things took, read models, what dispatch has seen. Out: snapshots of metrics. Never: a series by something that
 * anybody can make up (a path, a name that was asked for); a replay; a count that begins anew with each start although the log has it.
 */
@NullMarked
package dev.tidemark.coordinator.monitor.metrics;

import org.jspecify.annotations.NullMarked;
