/**
 * The loop of one machine: look, compare, report, sweep, act, look again. The first try, the retry, the restart and the
 * periodic check are the same path.
 *
 * <p>One public entry: {@link dev.tidemark.gateway.reconcile.Reconciler#start}, in {@link dev.tidemark.gateway.reconcile.Surroundings}
 * that are all it can reach, so that a simulation can play QEMU, the repositories, the coordinator and time itself.
 *
 * <p>In: desired states, QEMU's answers, files in the repository. Out: reports, at most one transaction an operation. Never: a
 * judgement of a chain (that is the coordinator's), a transaction that is sent again without a look in between, an object that
 * is not ours.
 */
@NullMarked
package dev.tidemark.gateway.reconcile;

import org.jspecify.annotations.NullMarked;
