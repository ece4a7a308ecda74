/**
 * How clients of the coordinator, gateways and the command line alike, know it and are known to it.
 *
 * <p>In: PEM files. Out: what connections are made with. Never: a switch that trusts everybody, a key that others can read, a socket, a
 * library: a command that only asks has to load this in passing.
 */
@NullMarked
package dev.tidemark.schema.tls;

import org.jspecify.annotations.NullMarked;
