/**
 * The command line: one verb group a file, each a client of the HTTP interface and nothing else; but for a restore from
 * a repository's directory, which is there for the day without a coordinator.
 *
 * <p>In: arguments, the environment. Out: requests, pages and documents, an exit code that scripts rely on. Never: a
 * class of the server before a local verb ({@link dev.tidemark.coordinator.cli.LocalVerbs}) was asked for; a wait that
 * cannot be left; a request made of a name that the schema refuses.
 */
@NullMarked
package dev.tidemark.coordinator.cli;

import org.jspecify.annotations.NullMarked;
