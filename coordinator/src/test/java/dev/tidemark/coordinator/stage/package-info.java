/**
 * The stage itself: whatever is killed on it comes back as it was.
 *
 * <p>In: real processes. Out: verdicts. Never: a judgement of what Tidemark does on the stage.
 */
@NullMarked
package dev.tidemark.coordinator.stage;

import org.jspecify.annotations.NullMarked;
