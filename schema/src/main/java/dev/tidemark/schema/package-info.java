/**
 * The contract: identities, events, commands and what gateway and coordinator say to each other.
 *
 * <p>In: values. Out: values. Never: I/O, a clock, a framework, or a dependency on another module.
 */
@NullMarked
package dev.tidemark.schema;

import org.jspecify.annotations.NullMarked;
