/**
 * Whether anybody but QEMU wrote to the files of a disk (hazard S8).
 *
 * <p>In: what a look says a disk is made of, and what the kernel tells of those files. Out: how far back a gateway can vouch
 * for them. Never: a file opened, written or locked; a guess where nothing was watched.
 */
@NullMarked
package dev.tidemark.gateway.watch;

import org.jspecify.annotations.NullMarked;
