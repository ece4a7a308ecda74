/**
 * From an operation to exactly one QMP transaction, as plain data.
 *
 * <p>In: operations of the contract, the node of each disk. Out: {@link dev.tidemark.gateway.act.Plan}s, one
 * {@code transaction}, text for people. Never: a session, I/O, a decision about whether a plan may run.
 */
@NullMarked
package dev.tidemark.gateway.act;

import org.jspecify.annotations.NullMarked;
