/**
 * The whole product, from the HTTP interface and the command line to real QEMU processes and restored bytes.
 *
 * <p>In: requests, writes, crashes. Out: verdicts from three independent sides: the interface, a second monitor on QMP, the
 * bytes of a restore. Never: a look into the coordinator from the inside, a mock.
 */
@NullMarked
package dev.tidemark.coordinator.endtoend;

import org.jspecify.annotations.NullMarked;
