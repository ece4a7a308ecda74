/**
 * The way to the coordinator over HTTP, for a gateway on another host.
 *
 * <p>In: reports, progress. Out: desired states. Never: a listening socket (a gateway connects outwards), a token in a log, an
 * answer that is taken for anything but the strict JSON of the contract, a coordinator whose certificate is not for its address.
 */
@NullMarked
package dev.tidemark.gateway.link;

import org.jspecify.annotations.NullMarked;
