/**
 * From QEMU's answers to what a gateway saw.
 *
 * <p>In: replies, every one of them untrusted. Out: {@link dev.tidemark.gateway.observe.Look}s, or one error that says which
 * member of which reply could not be used. Never: a command with an effect, a judgement of what was seen, a bitmap looked up
 * by name anywhere but on the disk's own top node (hazard S5).
 */
@NullMarked
package dev.tidemark.gateway.observe;

import org.jspecify.annotations.NullMarked;
