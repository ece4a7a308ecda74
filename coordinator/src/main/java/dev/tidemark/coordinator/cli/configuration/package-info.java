/**
 * What long-running verbs are told by a file and by the environment, beside their command line.
 *
 * <p>In: the options of a verb, a file, variables. Out: the words that the command line would have had. Never: a secret (those come from
 * files of their own), a file that somebody else could have written, a key that is not known, YAML with tags, anchors or aliases.
 */
@NullMarked
package dev.tidemark.coordinator.cli.configuration;

import org.jspecify.annotations.NullMarked;
