/**
 * The edge of the HTTP interface: what every request passes, and the one place where exceptions become answers.
 *
 * <p>In: requests of any quality, exceptions. Out: problems after RFC 9457, each with a code and a remedy. Never: a stack
 * trace, a class name or a statement of SQL in an answer; a body or a wait without a limit; knowledge of single routes.
 */
@NullMarked
package dev.tidemark.coordinator.api.edge;

import org.jspecify.annotations.NullMarked;
