/**
 * Where a crash is worth a drill: before and after every durable or external step of coordinator and gateway.
 *
 * <p>In: one property of the JVM, {@code tidemark.crash.directory}, which {@code tidemark drill} sets for processes that it
 * starts itself. Out: the one list of points, and a hook that does nothing unless it is armed by that property or handed in by a
 * test. Never: a decision of production code; a way to arm it from the HTTP interface, the command line's options or the
 * environment: whoever can set a property of the JVM can end it anyway.
 *
 * <p>Armed, a process writes each point that it passes into {@code passed-<pid>} in that directory. If a file
 * {@code hold-<machine>} there says {@code POINT n token}, the thread that passes that point for that machine for the n-th time
 * since the file with this token was put there writes {@code reached-<token>} and stands still until {@code release-<token>}
 * appears, or the process is killed. {@code hold} counts every passage, for whichever machine; {@code next} becomes the
 * file of the first machine that has none.
 */
@NullMarked
package dev.tidemark.schema.crash;

import org.jspecify.annotations.NullMarked;
