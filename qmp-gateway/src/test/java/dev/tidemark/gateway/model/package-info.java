/**
 * QEMU's block layer as far as a backup can see it, in memory: a storage daemon over images that outlive it. Fast enough for a
 * simulation, and faithful: a differential test holds it against a real qemu-storage-daemon.
 *
 * <p>In: commands, guest input and output, ends of processes. Out: what the queries of QEMU would tell. Never: a clock, a random
 * number, a thread, a file.
 */
@NullMarked
package dev.tidemark.gateway.model;

import org.jspecify.annotations.NullMarked;
