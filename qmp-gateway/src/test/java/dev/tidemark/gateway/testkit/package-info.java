/**
 * Real QEMU processes for tests, of this module and of the coordinator.
 *
 * <p>In: block devices. Out: sockets, pids, signals. Never: a process or a directory left behind, a test skipped because a
 * program is missing.
 */
@NullMarked
package dev.tidemark.gateway.testkit;

import org.jspecify.annotations.NullMarked;
