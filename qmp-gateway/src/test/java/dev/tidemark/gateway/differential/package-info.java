/**
 * Holds the model of QEMU's bitmaps against a real qemu-storage-daemon: the same random commands to both, and the same state after
 * each.
 *
 * <p>In: a seed. Out: the first difference, and the shortest sequence that shows it. Never: a comparison of words.
 */
@NullMarked
package dev.tidemark.gateway.differential;

import org.jspecify.annotations.NullMarked;
