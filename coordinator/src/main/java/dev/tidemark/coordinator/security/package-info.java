/**
 * Who may call, and what: the administrator, known by a file, and tokens and client certificates with a role and a scope.
 *
 * <p>In: a home directory; requests; acts. Out: a token file that only its owner can read; requests in somebody's name, or a
 * refusal. Never: a token in a log line, in the database, in an answer but the one that made it, or compared in a time that depends
 * on it; a route that is open by omission.
 */
@NullMarked
package dev.tidemark.coordinator.security;

import org.jspecify.annotations.NullMarked;
