/**
 * The way of an operation through coordinator and gateway as spans of OpenTelemetry, sent by OTLP/HTTP to where somebody said, and
 * nowhere otherwise. The only room that knows OpenTelemetry. What a span is called, and what it says, is told in {@code docs/operations.md}.
 *
 * <p>In: what begins and what it comes to. Out: spans, {@code traceparent}. Never: a secret, a path, a name that a caller made up, or
 * anything that waits for the receiver.
 */
@NullMarked
package dev.tidemark.coordinator.monitor.tracing;

import org.jspecify.annotations.NullMarked;
