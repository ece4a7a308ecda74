/**
 * Every call to a real PostgreSQL fails in turn, in every way, under every use case.
 *
 * <p>In: a coordinator's rooms over a database whose calls are counted. Out: verdicts on log, read models, dispatch and
 * sessions. Never: a database that is only pretended, or a look at the coordinator's memory except for what dispatch hands out.
 */
@NullMarked
package dev.tidemark.coordinator.nthcall;

import org.jspecify.annotations.NullMarked;
