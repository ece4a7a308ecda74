/**
 * What arming does, and that nothing happens without it.
 *
 * <p>In: a directory of orders. Out: verdicts. Never: another process.
 */
@NullMarked
package dev.tidemark.schema.crash;

import org.jspecify.annotations.NullMarked;
