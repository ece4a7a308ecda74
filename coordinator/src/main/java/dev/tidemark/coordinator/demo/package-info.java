/**
 * The whole story on a throw-away machine: real QEMU, real PostgreSQL, real kills, every restore compared.
 *
 * <p>In: programs of this host, the command line's and the API's own ways. Out: a story with figures, a verdict. Never: a
 * look into the coordinator from the inside (what is shown is what any client would see), a process left behind.
 */
@NullMarked
package dev.tidemark.coordinator.demo;

import org.jspecify.annotations.NullMarked;
