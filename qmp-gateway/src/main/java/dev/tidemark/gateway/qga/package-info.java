/**
 * What the guest says of itself, through qemu-ga.
 *
 * <p>In: the agent's unix socket. Out: whether the guest's file systems are frozen. Never: trust in the guest (its answers
 * are bounded in time and size, and decide nothing about a chain), a freeze.
 */
@NullMarked
package dev.tidemark.gateway.qga;

import org.jspecify.annotations.NullMarked;
