/**
 * Webhooks against a real database and receivers that listen on a socket.
 *
 * <p>In: events that are appended with plain SQL, receivers that misbehave. Out: verdicts on what was told. Never: the signing code of
 * production to check a signature with.
 */
@NullMarked
package dev.tidemark.coordinator.webhook;

import org.jspecify.annotations.NullMarked;
