/**
 * A long randomized run: many machines under guest-like writes, random kills, and a judge of every completed backup.
 *
 * <p>In: real QEMUs, real processes of this very program, a seed. Out: a verdict with its figures, and evidence where
 * something is wrong. Never: a look into the coordinator's memory or database, a reference that the product made itself.
 */
@NullMarked
package dev.tidemark.coordinator.drill.soak;

import org.jspecify.annotations.NullMarked;
