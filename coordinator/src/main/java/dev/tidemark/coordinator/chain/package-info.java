/**
 * The pure core: what a machine's history means, what may be asked of it, and what is concluded from a look at QEMU.
 *
 * <p>In: events, commands and reports of {@code schema}. Out: events, rejections, desired states, backup plans. Never:
 * clock, randomness, I/O, threads, frameworks; never QEMU's prose as something to branch on.
 *
 * <p>Invariants kept here: I4 (a healthy chain's bitmaps hold every change, else {@code ChainBroken} comes first), I5
 * (doubtful evidence means full or refused), I6 (intent first), I10 (the fold of a prefix is always the same), I11 (order
 * from the log alone).
 */
@NullMarked
package dev.tidemark.coordinator.chain;

import org.jspecify.annotations.NullMarked;
