/**
 * The scheduler example of the documentation, run as users run it: {@code java NightlyWindow.java}.
 *
 * <p>In: the very file in {@code docs/scheduler}, a real coordinator, a gateway that plays 200 machines over HTTP, a bad network. Out:
 * verdicts on the night. Never: a changed copy of the example.
 */
@NullMarked
package dev.tidemark.coordinator.scheduler;

import org.jspecify.annotations.NullMarked;
