/**
 * The HTTP interface over real HTTP, with a real database and an engine made up for the test.
 *
 * <p>In: requests of any quality. Out: verdicts. Never: Spring's mock requests, which Tomcat never sees.
 */
@NullMarked
package dev.tidemark.coordinator.api.server;

import org.jspecify.annotations.NullMarked;
