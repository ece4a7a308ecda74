/**
 * Production's core, dispatch and gateway on a played clock, a played database and a played QEMU, with faults at every call. A seed
 * decides everything; one thread does everything.
 *
 * <p>In: a seed, or a place to crash at. Out: a violated invariant with the step at which it was seen, or nothing. Never: a thread,
 * a file, a socket, the real time.
 */
@NullMarked
package dev.tidemark.coordinator.simulation;

import org.jspecify.annotations.NullMarked;
