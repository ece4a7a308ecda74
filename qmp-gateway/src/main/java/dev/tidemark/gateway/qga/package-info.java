/**
 * What the guest says of itself, and the freezing and thawing of its file systems, through qemu-ga.
 *
 * <p>In: the agent's unix socket. Out: whether the guest's file systems are frozen, and how many were. Never: trust in the guest (its
 * answers are bounded in time and size, and decide nothing about a chain), a freeze that is not followed by a thaw of whoever asked.
 */
@NullMarked
package dev.tidemark.gateway.qga;

import org.jspecify.annotations.NullMarked;
