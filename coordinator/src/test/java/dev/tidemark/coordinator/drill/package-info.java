/**
 * The drills themselves: that they miss no point, and that their judge can go red.
 *
 * <p>In: real processes, planted faults. Out: verdicts on the verdicts. Never: a drill that is trusted because it is green.
 */
@NullMarked
package dev.tidemark.coordinator.drill;

import org.jspecify.annotations.NullMarked;
