/**
 * The benchmarks run small: that they measure what they say, not how fast it is.
 *
 * <p>In: real programs. Out: nothing. Never: an absolute time.
 */
@NullMarked
package dev.tidemark.coordinator.bench;

import org.jspecify.annotations.NullMarked;
