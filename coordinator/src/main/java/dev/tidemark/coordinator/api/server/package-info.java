/**
 * The HTTP server: Spring and Tomcat, started by hand.
 *
 * <p>In: an engine, a database, a token, an address. Out: a URL that answers. Never: scanning of the class path, automatic
 * configuration, properties from files or the environment: what is not written here does not happen.
 */
@NullMarked
package dev.tidemark.coordinator.api.server;

import org.jspecify.annotations.NullMarked;
