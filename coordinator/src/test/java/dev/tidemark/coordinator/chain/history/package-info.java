/**
 * Random histories of one machine, judged against a model of the disk that shares no code with the core.
 *
 * <p>In: a seed. Out: nothing, or the first broken invariant with the seed that replays it. Never: knowledge of how the
 * core comes to its conclusions; only its public face is used.
 */
@NullMarked
package dev.tidemark.coordinator.chain.history;

import org.jspecify.annotations.NullMarked;
