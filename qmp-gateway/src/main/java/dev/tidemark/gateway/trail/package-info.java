/**
 * Whose work a thread does: for the lines of the log, and for whoever follows an operation through processes.
 *
 * <p>In: ids. Out: the same ids in each line that the thread writes. Never: anything that decides what is done, a path, a secret.
 */
@NullMarked
package dev.tidemark.gateway.trail;

import org.jspecify.annotations.NullMarked;
