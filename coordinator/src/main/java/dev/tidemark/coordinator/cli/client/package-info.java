/**
 * The way from the command line to a coordinator: find it, ask it, understand its refusals.
 *
 * <p>In: a home directory, paths and bodies. Out: JSON answers, or a {@link
 * dev.tidemark.coordinator.cli.client.Failure} that knows its exit code and what to do. Never: arguments, tables, a class
 * of the server; and a request that might have arrived is never called "not sent".
 */
@NullMarked
package dev.tidemark.coordinator.cli.client;

import org.jspecify.annotations.NullMarked;
