/**
 * What the coordinator tells those who run it: figures, whether it is well, whose work a line of the log is about.
 *
 * <p>In: how long things take, how everything stands. Out: metrics, findings, words. Never: HTTP, SQL, a decision, a name that the
 * asker may not see.
 */
@NullMarked
package dev.tidemark.coordinator.monitor;

import org.jspecify.annotations.NullMarked;
