/**
 * Who may call. One administrator for now, known by a token.
 *
 * <p>In: a home directory; requests. Out: a token file that only its owner can read; requests that carry the token, or a
 * refusal. Never: a token in a log line, in an answer, or compared in a time that depends on it; a route that is open by
 * omission.
 */
@NullMarked
package dev.tidemark.coordinator.security;

import org.jspecify.annotations.NullMarked;
