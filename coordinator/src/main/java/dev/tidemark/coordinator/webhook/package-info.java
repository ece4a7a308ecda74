/**
 * Webhooks: the log as it grows, told to whoever has an address (CloudEvents 1.0 over HTTP, signed as Standard Webhooks).
 *
 * <p>In: committed events, and how far each receiver is. Out: POST requests, one after the other in the order of the log for each receiver;
 * how far it is then. Never: SQL, an address that nobody allowed, a name of an NBD export, a redirect that is followed, a receiver that
 * holds up another.
 */
@NullMarked
package dev.tidemark.coordinator.webhook;

import org.jspecify.annotations.NullMarked;
