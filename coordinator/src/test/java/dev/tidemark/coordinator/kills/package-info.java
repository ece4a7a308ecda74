/**
 * The coordinator killed at random moments, judged from outside.
 *
 * <p>In: real QEMU, a real coordinator process, a seed. Out: verdicts. Never: a look at the coordinator's memory.
 */
@NullMarked
package dev.tidemark.coordinator.kills;

import org.jspecify.annotations.NullMarked;
