/**
 * Real processes to play with, for the demonstration, the benchmarks and the kill tests: a virtual machine, a storage
 * daemon, a coordinator, and a monitor through which the outside world meddles.
 *
 * <p>In: programs of this host. Out: handles to what was started. Never: a process left behind, a kill of anything that was
 * not started here, a way around the coordinator's public interface.
 */
@NullMarked
package dev.tidemark.coordinator.stage;

import org.jspecify.annotations.NullMarked;
