/**
 * Backup files: the only room that knows how a repository is laid out on disk and that runs {@code qemu-img}.
 *
 * <p>In: operations of the contract and facts about disks. Out: targets for QEMU to write to, manifests, outcomes. Never: QMP, a
 * path outside the configured directories (but for the directory that a restore names, and the one for what clients write to exports), a completed backup that is changed.
 */
@NullMarked
package dev.tidemark.gateway.act.repository;

import org.jspecify.annotations.NullMarked;
