/**
 * Measurements against a floor that is measured in the same run, because machines are noisy and only ratios can be quoted.
 *
 * <p>In: real programs, a coordinator of its own under a temporary home. Out: rows of floor, measured, ratio. Never: a
 * verdict, a timed test.
 */
@NullMarked
package dev.tidemark.coordinator.bench;

import org.jspecify.annotations.NullMarked;
