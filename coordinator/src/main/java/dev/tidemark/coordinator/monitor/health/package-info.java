/**
 * Whether the coordinator can do its work, part by part.
 *
 * <p>In: questions to the parts. Out: findings in words. Never: a question without a limit of time, a word of a machine.
 */
@NullMarked
package dev.tidemark.coordinator.monitor.health;

import org.jspecify.annotations.NullMarked;
