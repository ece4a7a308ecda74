/**
 * What a running coordinator costs.
 *
 * <p>In: real disks of several sizes, a real coordinator process. Out: ratios within one run. Never: absolute limits.
 */
@NullMarked
package dev.tidemark.coordinator.memory;

import org.jspecify.annotations.NullMarked;
