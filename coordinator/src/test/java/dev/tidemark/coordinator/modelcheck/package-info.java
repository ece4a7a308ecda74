/**
 * A model check of the protocol in a small scope: every state that one or two disks of two or three granules, up to three
 * checkpoints, the log, the repository, one or two gateways and a bounded number of faults can get into is visited, and each is
 * judged by the invariants.
 *
 * <p>In: a scope and at most one planted bug. Out: the number of states, or the shortest trace to a broken invariant. Never: a
 * part in production; wall clock, randomness (the tie to the production code apart).
 *
 * <p>The model is written beside the production code, after design §5 and after what {@code coordinator.chain},
 * {@code gateway.reconcile.Decision}, {@code Pass}, {@code BackupRun} and {@code gateway.act.Plans} do. {@code FidelityTest}
 * walks through it at random with the production core beside it and compares log, verdicts and transactions at every step.
 *
 * <p>What it assumes, because nothing can show the contrary (hazards S1, S3, S7, S8): between a shrink and a grow somebody
 * looks; a bitmap re-made by a stranger is noticed by its fallen count; no stranger acts between a look and the transaction
 * that it leads to; a gateway hears of whoever writes to an image that it watches. {@code KnownHolesTest} drops each of these
 * and shows the hole.
 *
 * <p>It knows nothing of canaries. With them the code also notices most of what is cut or re-made between two looks; the model
 * stands without.
 *
 * <p>Where it is kinder or harsher than the code: a gateway may give up at any time at which the code may after some rounds; a
 * transaction whose session was lost may execute at any later time as long as QEMU lives. The coordinator's crash has no state
 * of its own: what is committed stays, and what is not was a report or an answer that got lost.
 */
@NullMarked
package dev.tidemark.coordinator.modelcheck;

import org.jspecify.annotations.NullMarked;
